"""Whether our SMS get through to a phone number, whoever has it, and whether we send any there.

Only mobile phones of the countries that the clinic names get one: whoever has us send SMS to numbers that cost much
earns money with each (and an SMS to a fixed line is read out, or lost).

The provider itself blocks a number that answered STOP (Twilio's error 21610), also if the patient starts the reminders
again on our page. Only START from that phone ends it; an SMS that has arrived shows that it ended.
"""

from functools import lru_cache

import phonenumbers
from django.conf import settings
from phonenumbers import PhoneNumberType

from clinic.models import SmsNumber

# Where no plan of numbers tells mobile phones from others, as in North America, both are one kind.
MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
SHORTEST = 8  # digits of a number that can be written to; a short code or a name as sender cannot


def lock(number):
    """The row of this number, locked until the transaction ends: one act about it after the other."""
    SmsNumber.objects.get_or_create(number=number)
    return SmsNumber.objects.select_for_update(no_key=True).get(number=number)


def block(number, *, by, at):
    """Note that the provider lets nothing through; `by` is a BlockedBy. A block that is known stays as it is."""
    SmsNumber.objects.get_or_create(number=number)
    SmsNumber.objects.filter(number=number, blocked_since=None).update(blocked_since=at, blocked_by=by)


def open_again(number, *, at):
    """START came from this number. Returns whether it was blocked."""
    return _open(SmsNumber.objects.filter(number=number), at=at)


def note_arrived(number, *, sent_at, at):
    """An SMS that was handed over at `sent_at` has arrived there: a block from before has ended, in whatever way."""
    return _open(SmsNumber.objects.filter(number=number, blocked_since__lt=sent_at), at=at)


def _open(numbers, *, at):
    return bool(numbers.blocked().update(blocked_since=None, blocked_by="", opened_at=at))


def was_opened_since(number, at):
    """Whether a block of this number ended after `at`: a refusal from before tells nothing about now."""
    return SmsNumber.objects.filter(number=number, opened_at__gt=at).exists()


def blocked_among(numbers):
    """Those of these numbers that the provider blocks, as a set. No query for none."""
    wanted = set(numbers)
    return (
        set(SmsNumber.objects.blocked().filter(number__in=wanted).values_list("number", flat=True))
        if wanted
        else wanted
    )


def blocked_of(patient):
    """The phones of this patient, of now, that the provider blocks."""
    return blocked_among(contact.value for contact in patient.contacts.all() if contact.is_phone and not contact.until)


def is_blocked(number):
    return bool(blocked_among([number]))


def can_be_written_to(number):
    """A whole phone number, and not our own."""
    digits = number.removeprefix("+")
    is_whole = number.startswith("+") and digits.isdecimal() and len(digits) >= SHORTEST
    return is_whole and number not in (settings.TWILIO_FROM, settings.TWILIO_FROM_2)


def gets_sms(number):
    """Whether we send SMS to this number: a mobile phone of one of the countries that the clinic names."""
    return can_be_written_to(number) and _is_mobile(number, tuple(settings.SMS_COUNTRIES))


@lru_cache(maxsize=4096)
def _is_mobile(number, countries):
    try:
        read = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.number_type(read) in MOBILE and phonenumbers.region_code_for_number(read) in countries


def our_number():
    """Where an SMS to the clinic goes; "" when the provider chooses among several."""
    return settings.TWILIO_FROM if settings.TWILIO_FROM.startswith("+") else ""
