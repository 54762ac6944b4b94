"""Who may see a patient, or where we write, has changed: everybody whom we know for the patient hears it at once.

Not only where the patient likes to be written to: whoever wants to be the patient may have changed that first.
"""

from datetime import timedelta

from django.db.models import Q

from clinic import message_purposes
from clinic.messaging import outbox
from clinic.messaging.channels import registry
from clinic.messaging.letters import Letter
from clinic.models import AccessEnd, ContactSystem, MessageChannel, PatientAccess
from clinic.people import account_contacts, objections

OF_USE_FOR = timedelta(days=7)
REMEMBERED = timedelta(days=60)
CHANNELS = {ContactSystem.EMAIL: MessageChannel.EMAIL, ContactSystem.PHONE: MessageChannel.SMS}


def tell_of_access(given, *, at):
    """A colleague gave this access: all but its own account are told, with a link to object."""
    context = {"who": given.get_relation_display(), "account": given.masked_address}
    context["link"] = objections.LINK.address_for(given.pk)
    own = _places_of(given.user)
    _tell(given.patient, message_purposes.ACCESS_GRANTED, given, without=own, context=context, at=at)


def tell_of_address(new, *, at):
    """We write to a new address: the others are told, and an account by which somebody signed in until now."""
    _tell(new.patient, message_purposes.ADDRESS_CHANGED, new, without={new.place}, context={}, at=at)


def _tell(patient, purpose, cause, *, without, context, at):
    for number, (system, value) in enumerate(sorted(known_places(patient, at=at) - without)):
        channel = CHANNELS[system]
        if registry.is_set_up(channel):
            about = {"cause": cause.pk, "occasion": str(number), "due_at": at, "not_after": at + OF_USE_FOR}
            letter = Letter(purpose, may_wake=True, context=context, **about)
            outbox.schedule_to(letter, channel=channel, address=value, patient=patient)


def known_places(patient, *, at):
    """(system, address) of the patient and of all who act for them, and of those who did until their address changed.

    An address that was wrong from the beginning, so that nobody has ever signed in by it, is not among them.
    """
    places = {contact.place for contact in patient.contacts.filter(until=None)}
    lately = Q(ended_why=AccessEnd.ADDRESS, until__gt=at - REMEMBERED)
    acting = PatientAccess.objects.filter(lately | Q(until=None), patient=patient).select_related("user")
    return places.union(*(_places_of(given.user) for given in acting))


def _places_of(account):
    return {contact.place for contact in account_contacts.own(account)}
