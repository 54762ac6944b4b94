"""A child's visit needs somebody who decides for the child: the desk asks where nobody is known."""

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import work_kinds, worklist
from clinic.models import AccessRelation, PatientAccess

DECIDE_FOR_A_CHILD = [AccessRelation.GUARDIAN, AccessRelation.LEGAL]


def ask(appointment, *, at):
    """A visit was booked for a child of whom nobody has said who the guardian is: one work item for each child."""
    patient = appointment.patient
    if patient.is_child(timezone.localdate(at)) and not _is_known(patient, at=at):
        worklist.open(
            work_kinds.GUARDIAN_UNKNOWN,
            cause=patient.pk,
            patient=patient,
            appointment=appointment,
            what_to_say=_("A child, and we do not know who decides for it. Ask who comes along, and see the papers."),
            due_at=at,
        )


def note_known(given, *, at):
    """A colleague has seen who decides for this patient: nobody needs to ask any more."""
    if given.relation in DECIDE_FOR_A_CHILD:
        worklist.settle(work_kinds.GUARDIAN_UNKNOWN, cause=given.patient_id, note=_("the guardian is known"), at=at)


def _is_known(patient, *, at):
    named = patient.guardians.filter(until=None)
    acting = PatientAccess.objects.current(at=at).filter(patient=patient, relation__in=DECIDE_FOR_A_CHILD)
    return named.exists() or acting.exists()
