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


def seen_names(patient):
    """The names of those who decide for this child, as a colleague has seen."""
    return patient.guardians.filter(until=None, seen_by__isnull=False).values_list("name", flat=True)


def note_seen(patient, name, *, by, at):
    """A colleague has seen the person of this name and that they decide for this child."""
    known = patient.guardians.filter(until=None, name__iexact=name).first()
    if known is None:
        patient.guardians.create(name=name, since=at, seen_by=by)
    elif known.seen_by is None:
        known.seen_by = by
        known.save(update_fields=["seen_by"])
    worklist.settle(work_kinds.GUARDIAN_UNKNOWN, cause=patient.pk, note=_("the guardian is known"), at=at)


def _is_known(patient, *, at):
    named = patient.guardians.filter(until=None)
    acting = PatientAccess.objects.current(at=at).filter(patient=patient, relation__in=DECIDE_FOR_A_CHILD)
    return named.exists() or acting.exists()
