"""A patient has died: nothing is sent any more, nobody is asked to call, and the visits to come are named to the desk.

It is a date in the file, corrected like the rest of it: `follow` does what follows from either.
"""

from django.utils.translation import gettext as _

from clinic import work_kinds, worklist
from clinic.messaging import outbox
from clinic.models import Message, WaitlistEntry, WorkItem, WorkItemStatus
from clinic.models.work_kinds import codes_for_the_dead
from clinic.scheduling import waitlist


def follow(patient, *, at):
    """The date of death was written into the patient's file, or taken out of it. Call it in that transaction."""
    if patient.is_deceased:
        _end_everything(patient, at=at)
    else:
        _take_back(patient, at=at)


def settle_visit(appointment, *, at):
    """This visit does not take place any more."""
    worklist.settle(work_kinds.VISIT_OF_DECEASED, cause=appointment.pk, note=_("cancelled"), at=at)


def _end_everything(patient, *, at):
    outbox.withdraw(Message.objects.filter(patient=patient), reason=_why(), at=at)
    WorkItem.objects.filter(patient=patient).exclude(kind__in=codes_for_the_dead()).cancel(note=_why(), at=at)
    for entry in WaitlistEntry.objects.current().filter(patient=patient):
        waitlist.leave(entry, at=at)
    worklist.open_all([_visit_item(visit, at=at) for visit in patient.appointments.upcoming(at=at)], again=True)


def _take_back(patient, *, at):
    """Messages that are still of use are planned again, and people do again what they had to do."""
    outbox.reinstate(Message.objects.filter(patient=patient, outcome=_why()), at=at)
    worklist.settle(work_kinds.VISIT_OF_DECEASED, patient=patient, note=_("the patient lives"), at=at)
    for item in WorkItem.objects.filter(patient=patient, status=WorkItemStatus.CANCELLED, note=_why()):
        item.reopen(due_at=item.due_at)


def _visit_item(visit, *, at):
    return worklist.new(
        work_kinds.VISIT_OF_DECEASED,
        cause=visit.pk,
        patient=visit.patient,
        appointment=visit,
        what_to_say=_("The patient has died, and this visit is still booked. Cancel it: nobody is written to."),
        due_at=at,
    )


def _why():
    return _("the patient has died")
