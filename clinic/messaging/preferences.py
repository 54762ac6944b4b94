"""How a patient wants to hear from the clinic: channel, language, quiet hours, reminders or none.

Choices come from the patient's own page, the link in a reminder, an SMS reply, or the desk; who and how is noted.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.messaging import sms_numbers
from clinic.messaging.channels import registry
from clinic.models import ContactSystem, MessageChannel, MessagePreference, Patient, PatientContact
from clinic.people import auditing

SYSTEM_OF = {MessageChannel.EMAIL: ContactSystem.EMAIL, MessageChannel.SMS: ContactSystem.PHONE}


def preference_of(patient):
    """The patient's choices; an unsaved row with the clinic's defaults if none were made."""
    found = MessagePreference.objects.filter(patient=patient).first()
    return found or MessagePreference(patient=patient)


def choose(patient, *, by, source, at, **choices):
    """Save what the patient chose: any of channel, language, quiet_from and quiet_until, wants_reminders.

    Messages that are planned follow when they are sent. The same choice again changes nothing.
    """
    wants = choices.pop("wants_reminders", None)
    with transaction.atomic():
        Patient.objects.lock(patient.pk)  # one choice at a time
        preference = preference_of(patient)
        if wants is not None and wants != (preference.opted_out_at is None):
            choices["opted_out_at"] = None if wants else at
        changed = {name: value for name, value in choices.items() if getattr(preference, name) != value}
        if not changed:
            return preference
        for name, value in {**changed, "changed_at": at, "changed_by": by, "source": source}.items():
            setattr(preference, name, value)
        preference.save()
        auditing.changed(patient, by=by, what=_what(changed, preference))
    return preference


def stop_by_reply(number, *, wants_reminders, source, at):
    """An SMS from `number` says stop or start: it applies to everybody reached there. Returns how many."""
    patients = reached_at(number)
    for patient in patients:
        choose(patient, by=None, source=source, at=at, wants_reminders=wants_reminders)
    return len(patients)


def reached_at(number):
    """The patients who have this phone number now."""
    contacts = PatientContact.objects.filter(system=ContactSystem.PHONE, value=number, until=None)
    return Patient.objects.filter(pk__in=contacts.values("patient"), merged_into=None)


def contact_by(patient, channel):
    """Where our e-mail or SMS reaches the patient now; None without an address, or if nothing leaves here that way."""
    return contacts_by_channel(patient).get(channel)


def contact_for(patient, preference):
    """Where a message to the patient goes: the chosen way if it can, else by e-mail, else by SMS; None if nowhere."""
    ways = contacts_by_channel(patient)
    return ways.get(preference.channel) or next(iter(ways.values()), None)


def contacts_by_channel(patient):
    """The patient's address for each channel that is set up, e-mail first: it costs nothing and has room.

    None for somebody who has died.
    """
    if patient.is_deceased:
        return {}
    current = sorted((one for one in patient.contacts.all() if can_be_reached(one)), key=lambda one: -one.pk)
    by_system = {contact.system: contact for contact in current}  # the oldest of each
    channels = [channel for channel in MessageChannel if registry.is_set_up(channel)]
    return {channel: by_system[SYSTEM_OF[channel]] for channel in channels if SYSTEM_OF[channel] in by_system}


def can_be_reached(contact):
    """It is the patient's now, and we write to such addresses: of phones, only to mobile ones."""
    return contact.until is None and (not contact.is_phone or sms_numbers.gets_sms(contact.value))


def split_words(words, channel):
    """Subject (empty for SMS) and body. The first line of an e-mail is its subject."""
    if channel == MessageChannel.SMS:
        return "", words.strip()
    subject, _newline, body = words.strip().partition("\n")
    return subject.strip(), body.strip()


def _what(changed, preference):
    if "opted_out_at" in changed:
        return _("no reminders") if preference.opted_out_at else _("reminders again")
    return _("how messages arrive")
