"""Records that are not signed a day after the visit: a work item for the physician, which ends at the signature."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from clinic import worklist
from clinic.models import Appointment, AppointmentStatus, AppointmentStatusChange
from procedures import work_kinds
from procedures.models import Injected, Procedure, ProcedureDefinition, ProcedureStatus, VoidRequest

PATIENCE = timedelta(hours=24)
LOOK_BACK = timedelta(days=60)  # for visits without any record; drafts are found however old they are


def open_overdue_items(*, at):
    """Open an item for each visit whose record is overdue, end those that no longer are."""
    overdue = overdue_visits(at=at)
    settle(worklist.find(work_kinds.RECORD_UNSIGNED).exclude(appointment__in=overdue.values("pk")), at=at)
    visits = overdue.select_related("patient", "practitioner")
    worklist.open_all((_item(visit, at=at) for visit in visits), again=True)


def open_at_once(visit, *, at):
    """Somebody was injected in this visit and no valid record says so; nothing if one does by now."""
    if Appointment.objects.filter(_is_injected_without_record(at=at), pk=visit.pk).exists():
        worklist.open_all([_item(visit, at=at)], again=True)


def settle_visit(appointment, *, at):
    """Its record is signed. Call it in the transaction of the signature."""
    settle(worklist.find(work_kinds.RECORD_UNSIGNED, appointment=appointment), at=at)


def settle(items, *, at):
    items.cancel(note=_("nothing is left to sign"), at=at)


def overdue_visits(*, at):
    """Visits that ended a day before `at` with a draft; those for injections without a record or a reason; and, at
    once, those in which somebody was injected whose record is void.
    """
    begun = Procedure.objects.filter(status=ProcedureStatus.DRAFT).values("appointment")
    came = Q(status__in=[AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED], starts_at__gt=at - LOOK_BACK)
    late = Q(ends_at__lte=at - PATIENCE) & (Q(pk__in=begun) | (came & _has_no_record()))
    visits = Appointment.objects.filter(late | _is_injected_without_record(at=at), patient__isnull=False)
    return visits.order_by("ends_at", "pk")


def _records():
    return Procedure.objects.filter(appointment=OuterRef("pk"))


def _has_no_record():
    """A visit for injections of which nobody has said why there is no record, nor that it was a mistake."""
    is_for_injections = Exists(ProcedureDefinition.objects.filter(visit_type=OuterRef("visit_type")))
    ended = AppointmentStatusChange.objects.filter(appointment=OuterRef("pk"), to_status=AppointmentStatus.FULFILLED)
    mistaken = _records().filter(void_request__injected__in=[Injected.NOBODY, Injected.ANOTHER])
    return is_for_injections & ~Exists(_records().standing()) & ~Exists(ended.exclude(note="")) & ~Exists(mistaken)


def _is_injected_without_record(*, at):
    """Of the last 60 days; a void record of this visit or of another one says so."""
    void = VoidRequest.objects.filter(agreed_at__gt=at - LOOK_BACK)
    own = void.filter(injected__in=[Injected.AS_WRITTEN, Injected.OTHERWISE]).values("procedure__appointment")
    others = void.exclude(injected_visit=None).values("injected_visit")
    return (Q(pk__in=own) | Q(pk__in=others)) & ~Exists(_records().signed())


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
