"""Before a visit: the reminders that are planned with it.

How long before is a row (`VisitReminder`). Whole days are days of the calendar: two days before a visit at ten is at
ten, also when the clocks change. What would come in quiet hours comes an hour before they begin: the reminder two
hours before a visit at 08:30 comes at 19:00 the evening before, never at night.
"""

from datetime import UTC, datetime, time, timedelta

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext as _

from clinic import work_kinds, worklist
from clinic.lib import civil_time
from clinic.messaging import outbox, preferences, quiet_hours
from clinic.messaging.letters import Letter
from clinic.models import Appointment, AppointmentStatus, Message, VisitReminder
from clinic.models.messages import UNSENT
from clinic.scheduling import booking_locks, message_purposes, visit_answers

PURPOSE = message_purposes.VISIT_REMINDER
BEFORE_QUIET_HOURS = timedelta(hours=1)
STANDING = (AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED)


def letters_of(appointment, *, at):
    """The reminders that are still ahead at `at`, the latest first.

    Two at the same instant become one. None is in the past, or later than the visit's start.
    """
    hours = preferences.preference_of(appointment.patient).quiet_hours
    by_moment = {}
    for row in sorted(_rows_for(appointment.visit_type), key=lambda row: row.hours_before):
        moment = _awake(_before(appointment.starts_at, row.hours_before), hours)
        if at < moment < appointment.starts_at:
            by_moment.setdefault(moment, f"{row.hours_before}h")
    return [_letter(appointment, occasion, due_at=moment) for moment, occasion in by_moment.items()]


def plan(appointment, *, at):
    """Plan the reminders of a booked visit as it is now, and withdraw those for how it was. Repeating changes nothing.

    Call it in the transaction that booked or moved the visit.
    """
    _withdraw(appointment, ~Q(sequence=appointment.calendar_sequence), at=at, note=_("the visit was changed"))
    if appointment.status == AppointmentStatus.BOOKED:
        outbox.schedule_all_for(appointment.patient, letters_of(appointment, at=at))


def withdraw(appointment, *, at):
    """The visit does not take place, or has ended: nothing reminds of it, and nobody phones about it."""
    _withdraw(appointment, Q(), at=at, note=_("the visit does not take place"))


def messages_of(appointment):
    return appointment.messages.filter(purpose=PURPOSE.code)


def unplanned(*, at):
    """Booked visits that should have a reminder and have none at all: booked before there were rows, say."""
    longest = VisitReminder.objects.aggregate(hours=Max("hours_before"))["hours"]
    if longest is None:
        return []
    until = at + timedelta(hours=longest, days=1)
    visits = Appointment.objects.filter(status=AppointmentStatus.BOOKED, starts_at__gt=at, starts_at__lt=until)
    known = {*_told(Message.objects.filter(appointment__in=visits))}
    known |= {*_told(worklist.find(work_kinds.MESSAGE_NOWHERE, patient__in=visits.values("patient")))}
    visits = visits.select_related("patient", "visit_type")
    bare = [visit for visit in visits if (visit.pk, visit.calendar_sequence) not in known]
    return [visit for visit in bare if letters_of(visit, at=at)]


def plan_unplanned(*, at):
    for visit in unplanned(at=at):
        with transaction.atomic():
            plan(booking_locks.lock_row(visit), at=at)


def outdated():
    """Unsent reminders of a visit that no longer takes place, or of a time it no longer has."""
    unsent = Message.objects.filter(status__in=UNSENT, purpose=PURPOSE.code, appointment__isnull=False)
    is_over = ~Q(appointment__status__in=STANDING)
    return unsent.filter(is_over | ~Q(sequence=F("appointment__calendar_sequence")))


def _letter(appointment, occasion, *, due_at):
    return Letter(
        PURPOSE,
        cause=appointment.pk,
        occasion=occasion,
        sequence=appointment.calendar_sequence,
        context={"appointment": appointment, "link": visit_answers.link_of(appointment)},
        appointment=appointment,
        due_at=due_at,
        not_after=appointment.starts_at,
    )


def _told(rows):
    """(visit, sequence) of the rows that are a reminder, or that tell the desk that none could be sent."""
    return rows.filter(purpose=PURPOSE.code).values_list("cause", "sequence")


def _withdraw(appointment, which, *, at, note):
    outbox.withdraw(messages_of(appointment).filter(which), reason=note, at=at)
    visit_answers.settle(appointment, note=note, at=at)
    unreachable = worklist.find(work_kinds.MESSAGE_NOWHERE, purpose=PURPOSE.code, cause=appointment.pk)
    unreachable.filter(which).cancel(note=note, at=at)


def _rows_for(visit_type):
    rows = VisitReminder.objects.filter(Q(visit_type=visit_type) | Q(visit_type=None))
    own = [row for row in rows if row.visit_type_id]
    return own or list(rows)


def _before(starts_at, hours_before):
    """Whole days by the calendar, the rest in elapsed hours."""
    days, hours = divmod(hours_before, 24)
    same_time = civil_time.instant(civil_time.shown_at(starts_at) - timedelta(days=days))
    return same_time.astimezone(UTC) - timedelta(hours=hours)


def _awake(moment, quiet):
    """`moment`, or an hour before the quiet hours that it falls in."""
    if quiet_hours.until(moment, quiet) is None:
        return moment
    starts, _ends = quiet
    shown = civil_time.shown_at(moment)
    began_on = shown.date() if shown.hour >= starts else shown.date() - timedelta(days=1)
    return civil_time.instant(datetime.combine(began_on, time(starts)) - BEFORE_QUIET_HOURS).astimezone(UTC)
