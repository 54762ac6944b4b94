"""The patient answers by the link in a reminder whether the visit suits, and is phoned if nobody knows.

That is from the evening before: until then there is time to answer.
"""

from datetime import time, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import work_kinds, worklist
from clinic.errors import MoveNotAllowed
from clinic.lib import civil_time
from clinic.lib.signed_links import Reason, SignedLink
from clinic.models import (
    Appointment,
    AppointmentStatus,
    Message,
    MessageStatus,
    PatientAnswer,
)
from clinic.people import auditing
from clinic.scheduling import booking_locks, message_purposes, obstacles

EVENING = time(18)
SENT = [MessageStatus.ACCEPTED, MessageStatus.DELIVERED]


def _visit_and_sequence(pk, sequence):
    """The visit of a link, and the `calendar_sequence` that the link was made for."""
    visit = Appointment.objects.with_people_and_places().filter(pk=pk).first()
    return visit and (visit, sequence)


# Anyone with the link sees a day and a time, and may answer.
LINK = SignedLink(
    "visit",
    salt="clinic.visits",
    find=_visit_and_sequence,
    reasons=[
        Reason(
            lambda visit, sequence, at: visit.status == AppointmentStatus.CANCELLED,
            gettext_lazy("This visit is cancelled. You need not come."),
        ),
        Reason(
            lambda visit, sequence, at: visit.is_booked and visit.calendar_sequence != sequence,
            gettext_lazy("This visit has changed since. Please look at our newest message about it."),
        ),
        Reason(
            lambda visit, sequence, at: visit.status == AppointmentStatus.ARRIVED,
            gettext_lazy("You are checked in already. There is nothing more to do here."),
        ),
        Reason(
            lambda visit, sequence, at: not visit.is_booked or visit.starts_at <= at,
            gettext_lazy("The hour of this visit has come, so this page is of no use any more."),
        ),
    ],
)


def link_of(appointment):
    """Where the patient answers: valid for this visit at this time, until it is moved or has begun."""
    return LINK.address_for(appointment.pk, appointment.calendar_sequence)


def answer(appointment, answer, *, sequence, at, by=None, address=None):
    """Record the patient's answer, a PatientAnswer. The same again changes nothing; the latest answer applies.

    A patient who must move it is phoned if that evening has begun. Raises MoveNotAllowed with the text of `why_not`,
    and for "I come" to a visit that cannot take place as planned.
    """
    with transaction.atomic():
        visit = booking_locks.lock_row(appointment)
        if sentence := LINK.why_not(visit, sequence, at=at):
            raise MoveNotAllowed(sentence)
        if visit.patient_answer == answer:
            return
        if answer == PatientAnswer.COMING and obstacles.of([visit], at=at):
            raise MoveNotAllowed(obstacles.FOR_PATIENTS)
        visit.patient_answer, visit.answered_at = answer, at
        visit.save(update_fields=["patient_answer", "answered_at"])
        auditing.changed(visit.patient, by=by, what="answer to a reminder", address=address)
        settle(visit, note=_("the patient answered"), at=at)
        if answer == PatientAnswer.MUST_MOVE and _evening_before(visit) <= at:
            _open_items([visit], at=at)


# No answer


def open_unanswered_calls(*, at):
    """From 18:00 on the evening before (clinic time) those who were reminded and have not said "I come" are phoned.

    If the visit was ended, has begun, or was answered, nobody needs to phone any longer. Patients of affected visits
    are called about that.
    """
    today = timezone.localdate(at)
    until = civil_time.whole_day(today + timedelta(days=1))[1]
    visits = Appointment.objects.filter(status=AppointmentStatus.BOOKED, starts_at__gt=at, starts_at__lt=until)
    unsure = visits.exclude(patient_answer=PatientAnswer.COMING).select_related("patient")
    unsure = [visit for visit in unsure if _evening_before(visit) <= at]
    affected = obstacles.of(unsure, at=at)
    unsure = [visit for visit in unsure if visit.pk not in affected]
    reminded = _reminded_in_time(unsure)
    _open_items([visit for visit in unsure if visit.patient_answer or visit.pk in reminded], at=at)
    over = ~Q(appointment__status=AppointmentStatus.BOOKED) | Q(appointment__starts_at__lte=at)
    needless = worklist.find(work_kinds.NO_ANSWER).requested().filter(over).values_list("pk", flat=True)
    note = _("the visit has begun or was ended")
    worklist.settle(work_kinds.NO_ANSWER, pk__in=list(needless), note=note, at=at)


def settle(appointment, *, note, at):
    """Nobody needs to ask any longer whether the patient comes."""
    worklist.settle(work_kinds.NO_ANSWER, appointment=appointment, note=note, at=at)


def _evening_before(visit):
    day = timezone.localdate(visit.starts_at) - timedelta(days=1)
    return civil_time.at(day, EVENING)


def _reminded_in_time(visits):
    """Keys of the visits whose reminder, of the visit as it is now, was due by that evening and was sent."""
    evenings = {visit.pk: _evening_before(visit) for visit in visits}
    reminders = Message.objects.filter(purpose=message_purposes.VISIT_REMINDER.code, appointment__in=evenings)
    told_together = Q(told_in__in=Message.objects.filter(status__in=SENT).values("pk"))
    sent = reminders.filter(Q(status__in=SENT) | told_together, sequence=F("appointment__calendar_sequence"))
    return {visit for visit, due_at in sent.values_list("appointment", "due_at") if due_at <= evenings[visit]}


def _open_items(visits, *, at):
    worklist.open_all(_item(visit, at=at) for visit in visits)


def _item(visit, *, at):
    when = civil_time.written_near(visit.starts_at)
    if visit.patient_answer:
        why, sentence = "must-move", _("Wants to move the visit of %(when)s, and has not. Find another time.")
    else:
        why, sentence = "no-answer", _("Did not answer our reminder of the visit on %(when)s. Ask: will you come?")
    return worklist.new(
        work_kinds.NO_ANSWER,
        cause=visit.pk,
        occasion=why,
        sequence=visit.calendar_sequence,
        patient=visit.patient,
        appointment=visit,
        what_to_say=sentence % {"when": when},
        due_at=at,
    )
