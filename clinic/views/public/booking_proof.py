"""Who books without being known here proves an address by a code, on one more page; what one place may ask is limited.

Whoever is signed in, or has signed in from this browser before with the address they write, feels nothing of it.
"""

from allauth.core import ratelimit
from django.utils import timezone

from clinic.errors import TooManyBookings
from clinic.lib import known_devices
from clinic.lib.client_address import place_of
from clinic.messaging import sms_codes, sms_numbers
from clinic.messaging.channels import registry
from clinic.models import MessageChannel
from clinic.scheduling import booking_requests
from clinic.views.shared.sign_in_codes import Address, SignInCode


def is_known(request, newcomer):
    """Whether this browser has proved one of the addresses before, or its account."""
    written = filter(None, [newcomer.email, newcomer.phone])
    return request.user.is_authenticated or any(known_devices.device_of(request, value) for value in written)


def way_to(newcomer):
    """The `Address` to which a code can go: the e-mail, else a mobile phone; None if none of ours gets there."""
    if newcomer.email and registry.is_set_up(MessageChannel.EMAIL):
        return Address.of(email=newcomer.email)
    gets_sms = registry.is_set_up(MessageChannel.SMS) and sms_numbers.gets_sms(newcomer.phone)
    return Address.of(phone=newcomer.phone) if gets_sms and not sms_codes.are_spent(at=timezone.now()) else None


def refuse_too_many(request, appointment, newcomer):
    """Counts this booking for its account, or for the place it comes from, its address and its kind of visit.

    Sent again for the same time, it counts for the address only. Raises TooManyBookings.
    """
    if request.user.is_authenticated:
        _count(request, "book_account", str(request.user.pk))
        return
    address, place = newcomer.email or newcomer.phone, place_of(request)
    if not hasattr(appointment, "booking_request"):
        _count(request, "book_from_shared" if place.is_shared else "book_from", place.mark)
        _count(request, "book_kind", f"{appointment.visit_type.slug} {address}")
    _count(request, "book_with", address)


def ask(request, appointment, address, answers):
    """Keep the time a little longer, and send a code, for these `answers` (their mark). Raises HoldEnded."""
    booking_requests.ask(appointment, asked_from=place_of(request).mark, at=timezone.now())
    process = SignInCode.begin(request, address, counts=True)
    process.state["answers"] = answers
    process.persist()


def process_of(request, answers):
    """The code that this browser waits for to book with these answers; None if there is none (any more)."""
    process = SignInCode.of(request)
    return process if process and process.state.get("answers") == answers else None


def _count(request, act, key):
    if not ratelimit.consume(request, action=act, key=key):
        raise TooManyBookings
