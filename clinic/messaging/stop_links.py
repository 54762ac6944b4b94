"""The link in a reminder by which anybody who has it may stop the reminders of one patient: once, and not for ever.

It never switches them on: that is for the patient, signed in, or for the desk.
"""

from datetime import date, timedelta

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.lib.signed_links import Reason, SignedLink
from clinic.messaging import preferences
from clinic.models import Message, Patient, PreferenceSource

# RFC 8058 gives no number; laws on unwanted mail ask for a month.
GOOD_FOR = timedelta(days=90)
BEGIN = date(2020, 1, 1)


def _patient_and_day(pk, days=None):
    """The patient, for a merged entry the surviving one, and when the link was made; None: before links told that.

    A merged entry that was reached elsewhere than the surviving one leads nowhere: it was perhaps a stranger's.
    """
    patient = Patient.objects.filter(pk=pk).first()
    while patient and patient.merged_into_id:
        places = {contact.place for contact in patient.contacts.all()}
        patient = patient.merged_into
        if not any(contact.place in places for contact in patient.contacts.filter(until=None)):
            return None
    made_on = BEGIN + timedelta(days=days) if days is not None else None
    return patient and (patient, made_on)


def _is_over(patient, made_on, at):
    if made_on is None:
        return not Message.objects.filter(patient=patient, created_at__gt=at - GOOD_FOR).exists()
    return made_on < timezone.localdate(at - GOOD_FOR)


def _was_used(patient, made_on, at):
    """It stopped the reminders once, and somebody wanted them again: a copy of it does not stop them anew."""
    wants = preferences.preference_of(patient).opted_out_at is None
    return wants and cache.get(_used(patient, made_on)) is not None


LINK = SignedLink(
    "reminders",
    salt="clinic.reminders",
    find=_patient_and_day,
    reasons=[
        Reason(_was_used, _("This link has been used. To stop the reminders, take our newest message, or call us.")),
        Reason(_is_over, _("This link is too old. To stop the reminders, take our newest message, or call us.")),
    ],
)


def link_of(patient, *, at=None):
    """The address at which anyone who got the message may stop the reminders; it says nothing about the patient."""
    return link_to(patient.pk, at=at)


def link_to(pk, *, at=None):
    """The same for the patient with this key; "" for none."""
    return LINK.address_for(pk, (timezone.localdate(at) - BEGIN).days) if pk else ""


def stop(patient, made_on, *, at):
    """Stops the reminders by the link that was made on that day; it is good for nothing else from then on."""
    if LINK.why_not(patient, made_on, at=at):
        return
    preferences.choose(patient, by=None, source=PreferenceSource.LINK, at=at, wants_reminders=False)
    cache.set(_used(patient, made_on), True, timeout=GOOD_FOR.total_seconds())


def _used(patient, made_on):
    return f"stop-link {patient.pk} {made_on}"
