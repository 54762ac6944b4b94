"""Records that are not signed a day after the visit: a work item for the physician, which ends at the signature."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from clinic import worklist
from clinic.models import Appointment, AppointmentStatus, AppointmentStatusChange
from procedures import work_kinds
from procedures.models import Procedure, ProcedureDefinition, ProcedureStatus

PATIENCE = timedelta(hours=24)
LOOK_BACK = timedelta(days=60)  # for visits without any record; drafts are found however old they are


def open_overdue_items(*, at):
    """Open an item for each visit whose record is overdue, end those that no longer are."""
    overdue = overdue_visits(at=at)
    settle(worklist.find(work_kinds.RECORD_UNSIGNED).exclude(appointment__in=overdue.values("pk")), at=at)
    visits = overdue.select_related("patient", "practitioner")
    worklist.open_all((_item(visit, at=at) for visit in visits), again=True)


def settle_visit(appointment, *, at):
    """Its record is signed. Call it in the transaction of the signature."""
    settle(worklist.find(work_kinds.RECORD_UNSIGNED, appointment=appointment), at=at)


def settle(items, *, at):
    items.cancel(note=_("nothing is left to sign"), at=at)


def overdue_visits(*, at):
    """Visits that ended a day before `at` with a draft; and those for injections without a record or a reason."""
    records = Procedure.objects.filter(appointment=OuterRef("pk"))
    drafts = Exists(records.filter(status=ProcedureStatus.DRAFT))
    is_for_injections = Exists(ProcedureDefinition.objects.filter(visit_type=OuterRef("visit_type")))
    explained = AppointmentStatusChange.objects.filter(
        appointment=OuterRef("pk"), to_status=AppointmentStatus.FULFILLED
    )
    unexplained = is_for_injections & ~Exists(records.standing()) & ~Exists(explained.exclude(note=""))
    came = Q(status__in=[AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED], starts_at__gt=at - LOOK_BACK)
    begun = Procedure.objects.filter(status=ProcedureStatus.DRAFT).values("appointment")
    visits = Appointment.objects.filter(Q(pk__in=begun) | came, ends_at__lte=at - PATIENCE, patient__isnull=False)
    return visits.filter(drafts | unexplained).order_by("ends_at", "pk")


def _item(visit, *, at):
    """The desk sees it too, so it says nothing about what was done."""
    what_to_say = _("The visit of %(day)s has no signed record. %(name)s has to sign it, or say that nothing was done.")
    return worklist.new(
        work_kinds.RECORD_UNSIGNED,
        cause=visit.pk,
        patient=visit.patient,
        appointment=visit,
        what_to_say=what_to_say % {"day": visit.on, "name": visit.practitioner},
        due_at=at,
    )
