"""A child is of age: the parents' access ends, what they booked with opens nothing, the desk asks for own addresses."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import work_kinds, worklist
from clinic.lib import civil_time
from clinic.models import AccessEnd, AccessRelation, Patient, PatientAccess, PatientContact
from clinic.models.patients import OF_AGE
from clinic.people import access

LOOKED_BACK = timedelta(days=60)  # a clinic that was switched off for so long has other worries


def end_guardians(*, at):
    """For everybody who has come of age lately; what has been done already changes nothing. One transaction each."""
    today = timezone.localdate(at)
    born = (_years_before(today - LOOKED_BACK), _years_before(today))
    for patient in Patient.objects.filter(birth_date__range=born, merged_into=None).order_by("pk"):
        with transaction.atomic():
            _end_guardians_of(patient, at=at)


def _end_guardians_of(patient, *, at):
    of_age_at = civil_time.midnight(patient.of_age_on)
    if at < of_age_at:
        return  # born on 29 February
    patient.guardians.filter(until=None).update(until=of_age_at)
    booked_with = PatientContact.objects.filter(patient=patient, was_booked_with=True, since__lt=of_age_at)
    booked_with.update(was_booked_with=False)
    open_ones = PatientAccess.objects.filter(patient=patient, until=None, since__lt=of_age_at)
    # What a colleague gave the child itself stays the child's.
    ending = list(open_ones.exclude(relation=AccessRelation.SELF, granted_by__isnull=False))
    for given in ending:
        access.end(given, why=AccessEnd.AGE, at=at)
    if ending or patient.appointments.filter(starts_at__gt=at).exists():
        worklist.open(work_kinds.OF_AGE, cause=patient.pk, patient=patient, what_to_say=_what_to_say(), due_at=at)


def _what_to_say():
    return _(
        "Is of age now. The parents see nothing here any more. Ask for an own e-mail or phone, enter it, and give "
        "access when the patient stands before you."
    )


def _years_before(day):
    try:
        return day.replace(year=day.year - OF_AGE)
    except ValueError:
        return day.replace(year=day.year - OF_AGE, day=28)
