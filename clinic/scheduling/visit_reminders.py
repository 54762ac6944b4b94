"""Before a visit: the reminders that are planned with it, the patient's answer, and a call where there is none.

How long before is a row (`VisitReminder`). Whole days are days of the calendar: two days before a visit at ten is at
ten, also over a change of the clock. What would come in quiet hours comes an hour before they begin: the reminder two
hours before a visit at 08:30 comes at 19:00 the evening before, never at night.
"""

from datetime import UTC, datetime, time, timedelta

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.errors import MoveNotAllowed
from clinic.lib import civil_time
from clinic.lib.signed_links import SignedLink
from clinic.messaging import outbox, preferences
from clinic.models import (
    Appointment,
    AppointmentStatus,
    Message,
    MessageCategory,
    MessageStatus,
    PatientAnswer,
    VisitReminder,
    WorkItem,
    WorkItemKind,
)
from clinic.models.messages import UNSENT
from clinic.people import auditing
from clinic.scheduling import booking_locks

# Whoever has the link sees a day and an hour, and may answer.
LINK = SignedLink("visit", salt="clinic.visits")
EVENING = time(18)
BEFORE_QUIET_HOURS = timedelta(hours=1)
SENT = [MessageStatus.ACCEPTED, MessageStatus.DELIVERED]


# Reminders


def planned(appointment, *, at):
    """Key (without channel) and instant of each reminder that lies ahead of `at`, the latest first.

    Two that fall together are one. None has an instant that is past, or not before the visit.
    """
    hours = preferences.preference_of(appointment.patient).quiet_hours
    by_moment = {}
    for row in sorted(_rows_for(appointment.visit_type), key=lambda row: row.hours_before):
        moment = _awake(_before(appointment.starts_at, row.hours_before), hours)
        if at < moment < appointment.starts_at:
            by_moment.setdefault(moment, f"{_prefix(appointment)}{row.hours_before}h:{appointment.calendar_sequence}")
    return [(key, moment) for moment, key in by_moment.items()]


def plan(appointment, *, at):
    """Plan the reminders of a booked visit as it is now, and take back those of how it was. Repeating changes nothing.

    Call it in the transaction that booked or moved the visit.
    """
    _withdraw(appointment, at=at, stale_only=True, note=_("the visit was changed"))
    if appointment.status != AppointmentStatus.BOOKED:
        return
    context = {"appointment": appointment, "link": link_of(appointment)}
    letters = [
        {
            "key": key,
            "template": "visit-reminder",
            "context": context,
            "category": MessageCategory.REMINDER,
            "appointment": appointment,
            "due_at": moment,
            "not_after": appointment.starts_at,
        }
        for key, moment in planned(appointment, at=at)
    ]
    outbox.schedule_all_for(appointment.patient, letters)


def withdraw(appointment, *, at):
    """The visit does not take place, or is over: nothing reminds of it, and nobody calls about it."""
    _withdraw(appointment, at=at, stale_only=False, note=_("the visit does not take place"))


def messages_of(appointment):
    return appointment.messages.filter(key__startswith=_prefix(appointment))


def unplanned(*, at):
    """Booked visits that should be reminded of and have no reminder at all: booked before there were rows, say."""
    longest = VisitReminder.objects.aggregate(hours=Max("hours_before"))["hours"]
    if longest is None:
        return []
    until = at + timedelta(hours=longest, days=1)
    visits = Appointment.objects.filter(status=AppointmentStatus.BOOKED, starts_at__gt=at, starts_at__lt=until)
    known = {_visit_and_sequence(key) for key in _keys(Message.objects.filter(appointment__in=visits))}
    known |= {_visit_and_sequence(key) for key in _keys(WorkItem.objects.filter(patient__in=visits.values("patient")))}
    visits = visits.select_related("patient", "visit_type")
    bare = [visit for visit in visits if (str(visit.pk), str(visit.calendar_sequence)) not in known]
    return [visit for visit in bare if planned(visit, at=at)]


def plan_unplanned(*, at):
    for visit in unplanned(at=at):
        with transaction.atomic():
            plan(booking_locks.lock_row(visit), at=at)


def stale():
    """Keys of reminders that would still go out and tell of a visit that is no more, or of a time it no longer has."""
    unsent = Message.objects.filter(status__in=UNSENT, category=MessageCategory.REMINDER)
    reminders = unsent.filter(appointment__isnull=False, key__contains=":reminder:").select_related("appointment")
    standing = (AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED)
    return [
        message.key
        for message in reminders
        if message.appointment.status not in standing
        or _visit_and_sequence(message.key)[1] != str(message.appointment.calendar_sequence)
    ]


def _keys(rows):
    return rows.filter(key__startswith="appointment:", key__contains=":reminder:").values_list("key", flat=True)


def _visit_and_sequence(key):
    parts = key.split(":")  # appointment:<pk>:reminder:<hours>h:<sequence>, then the channel
    return parts[1], parts[4]


def _withdraw(appointment, *, at, stale_only, note):
    """`stale_only`: those that tell of a time that the visit had before."""
    now = str(appointment.calendar_sequence) if stale_only else None
    keys = messages_of(appointment).values_list("pk", "key")
    stale = [pk for pk, key in keys if key.split(":")[4] != now]
    if stale:
        outbox.withdraw(Message.objects.filter(pk__in=stale), reason=note, at=at)
    settle(appointment, note=note, at=at)
    unreachable = WorkItem.objects.requested().filter(key__startswith=_prefix(appointment))
    gone = [pk for pk, key in unreachable.values_list("pk", "key") if key.split(":")[4] != now]
    if gone:
        WorkItem.objects.filter(pk__in=gone).cancel(note=note, at=at)


def _rows_for(visit_type):
    rows = VisitReminder.objects.filter(Q(visit_type=visit_type) | Q(visit_type=None))
    own = [row for row in rows if row.visit_type_id]
    return own or list(rows)


def _prefix(appointment):
    return f"appointment:{appointment.pk}:reminder:"


def _before(starts_at, hours_before):
    """Whole days on the calendar, the rest in hours that pass."""
    days, hours = divmod(hours_before, 24)
    same_time = civil_time.instant(civil_time.shown_at(starts_at) - timedelta(days=days))
    return same_time.astimezone(UTC) - timedelta(hours=hours)


def _awake(moment, quiet_hours):
    """`moment`, or an hour before the quiet hours that it lies in."""
    if outbox.quiet_until(moment, quiet_hours) is None:
        return moment
    starts, _ends = quiet_hours
    shown = civil_time.shown_at(moment)
    began_on = shown.date() if shown.hour >= starts else shown.date() - timedelta(days=1)
    return civil_time.instant(datetime.combine(began_on, time(starts)) - BEFORE_QUIET_HOURS).astimezone(UTC)


# The answer


def link_of(appointment):
    """Where the patient answers: good for this visit at this time, and of no use once it was moved or has begun."""
    return LINK.address_for(f"{appointment.pk}.{appointment.calendar_sequence}")


def visit_of(token):
    """The visit of a link and the `calendar_sequence` that the link was made for; None if it was not made by us."""
    signed = LINK.read(token)
    if signed is None:
        return None
    pk, _dot, sequence = signed.partition(".")
    visit = Appointment.objects.with_people_and_places().filter(pk=pk).first()
    return visit and (visit, int(sequence))


def why_not(appointment, sequence, *, at):
    """Why this link is of no use any more, in a sentence that says what to do; "" while it is."""
    if appointment.status == AppointmentStatus.CANCELLED:
        return _("This visit is cancelled. You need not come.")
    if appointment.status == AppointmentStatus.BOOKED and appointment.calendar_sequence != sequence:
        return _("This visit has another time now. Please look at our newest message about it.")
    if appointment.status == AppointmentStatus.ARRIVED:
        return _("You are checked in already. There is nothing more to do here.")
    if appointment.status != AppointmentStatus.BOOKED or appointment.starts_at <= at:
        return _("The hour of this visit has come, so this page is of no use any more.")
    return ""


def answer(appointment, said, *, sequence, at, by=None, address=None):
    """Keep what the patient said, a PatientAnswer. The same again changes nothing; the last word counts.

    Who must move it after the evening before is called. Raises MoveNotAllowed with the sentence of `why_not`.
    """
    with transaction.atomic():
        visit = booking_locks.lock_row(appointment)
        if sentence := why_not(visit, sequence, at=at):
            raise MoveNotAllowed(sentence)
        if visit.patient_answer == said:
            return
        visit.patient_answer, visit.answered_at = said, at
        visit.save(update_fields=["patient_answer", "answered_at"])
        auditing.changed(visit.patient, by=by, what="answer to a reminder", address=address)
        settle(visit, note=_("the patient answered"), at=at)
        if said == PatientAnswer.MUST_MOVE and _evening_before(visit) <= at:
            _open_items([visit], at=at)


# No answer


def open_unanswered_calls(*, at):
    """From 18:00 on the evening before (clinic time) who was reminded and does not say "I come" is to be called.

    Where the visit was ended, has begun, or was answered, nobody need call any more.
    """
    today = timezone.localdate(at)
    until = civil_time.whole_day(today + timedelta(days=1))[1]
    visits = Appointment.objects.filter(status=AppointmentStatus.BOOKED, starts_at__gt=at, starts_at__lt=until)
    unsure = visits.exclude(patient_answer=PatientAnswer.COMING).select_related("patient")
    unsure = [visit for visit in unsure if _evening_before(visit) <= at]
    reminded = _reminded_in_time(unsure)
    _open_items([visit for visit in unsure if visit.patient_answer or visit.pk in reminded], at=at)
    items = WorkItem.objects.requested().filter(kind=WorkItemKind.NO_ANSWER)
    over = ~Q(appointment__status=AppointmentStatus.BOOKED) | Q(appointment__starts_at__lte=at)
    over = list(items.filter(over).values_list("pk", flat=True))
    WorkItem.objects.filter(pk__in=over).cancel(note=_("the visit has begun or was ended"), at=at)


def settle(appointment, *, note, at):
    """Nobody need ask any more whether the patient comes."""
    WorkItem.objects.filter(kind=WorkItemKind.NO_ANSWER, appointment=appointment).cancel(note=note, at=at)


def _evening_before(visit):
    day = timezone.localdate(visit.starts_at) - timedelta(days=1)
    return civil_time.at(day, EVENING)


def _reminded_in_time(visits):
    """Keys of those who were sent a reminder of the visit as it is, before the evening."""
    by_key = {visit.pk: visit for visit in visits}
    sent = Message.objects.filter(appointment__in=by_key, category=MessageCategory.REMINDER, status__in=SENT)
    return {
        pk
        for pk, key, due_at in sent.values_list("appointment", "key", "due_at")
        if key.startswith(_prefix(by_key[pk]))
        and key.split(":")[4] == str(by_key[pk].calendar_sequence)
        and due_at <= _evening_before(by_key[pk])
    }


def _open_items(visits, *, at):
    items = [_item(visit, at=at) for visit in visits]
    known = set(WorkItem.objects.filter(key__in=[item.key for item in items]).values_list("key", flat=True))
    WorkItem.objects.bulk_create([item for item in items if item.key not in known], ignore_conflicts=True)


def _item(visit, *, at):
    when = civil_time.written_near(visit.starts_at)
    if visit.patient_answer:
        why, sentence = "must-move", _("Wants to move the visit of %(when)s, and has not. Find another time.")
    else:
        why, sentence = "no-answer", _("Did not answer our reminder of the visit on %(when)s. Ask: will you come?")
    return WorkItem(
        key=f"appointment:{visit.pk}:{why}:{visit.calendar_sequence}",
        kind=WorkItemKind.NO_ANSWER,
        patient=visit.patient,
        appointment=visit,
        what_to_say=sentence % {"when": when},
        due_at=at,
    )
