"""What is done about visits that cannot take place as planned: a work item for each, and what patients are told.

The clinic calls them; the desk may also tell them at once. When the obstacle goes away, so does all of this.
"""

from datetime import UTC, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from clinic import work_kinds, worklist
from clinic.lib import civil_time
from clinic.lib.cached_by_version import TableVersion
from clinic.messaging import outbox
from clinic.messaging.letters import Letter
from clinic.models import (
    Appointment,
    AppointmentStatus,
    Message,
    MessageStatus,
    TimetableVersion,
    WorkItemStatus,
)
from clinic.people import auditing
from clinic.scheduling import message_purposes, obstacles, timetable, visit_answers
from clinic.scheduling.obstacles import TO_COME, Claim

TOLD = [MessageStatus.SENDING, MessageStatus.ACCEPTED, MessageStatus.DELIVERED, MessageStatus.UNKNOWN]
SOON = timedelta(hours=24)  # news of a visit that is this near does not wait for the morning
AFTER_ALL = "after-all"  # the occasion of the work item for somebody who was called, and now need not have been
REVIEWED_AGAIN = timedelta(minutes=10)  # also when the timetable has not changed since
_version, _reviewed = TableVersion(TimetableVersion), {"token": None, "at": None}


# Notice


def review_after_changes(*, at):
    """`review`, when the timetable has changed since this process last did, or ten minutes ago. Else one query."""
    token, last = _version.in_force(), _reviewed["at"]
    is_recent = last is not None and timedelta(0) <= at - last < REVIEWED_AGAIN
    if token is None or token != _reviewed["token"] or not is_recent:
        review(at=at)
        _reviewed.update(token=token, at=at)


def review(*, at):
    """Notice every visit to come that cannot take place, and every one that can again: whoever changed what, and how.

    A handful of queries, however many visits there are. Holds whose time is gone end, so that patients choose again.
    """
    claims, table = obstacles.claims_to_come(at=at), timetable.current()
    found = {claim.pk for claim in claims if obstacles.of_claim(claim, table)}
    known = set(affected(at=at).values_list("pk", flat=True))
    if found == known:
        return
    with transaction.atomic():
        visits = Appointment.objects.select_for_update(of=["self"], no_key=True).filter(pk__in=found ^ known)
        _settle_what_changed(list(visits.order_by("pk")), at=at)


def _settle_what_changed(visits, *, at):
    """As they are now, under their locks."""
    table = timetable.read()
    now = {visit.pk: obstacles.of_claim(Claim.of(visit), table) for visit in visits}
    booked = [visit for visit in visits if visit.status in TO_COME]
    end_holds([visit.pk for visit in visits if visit.status == AppointmentStatus.PENDING and now[visit.pk]])
    note({visit.pk: now[visit.pk] for visit in booked if now[visit.pk] and not visit.obstacle_since}, at=at)
    settle([visit.pk for visit in booked if visit.obstacle_since and not now[visit.pk]], at=at)


def affected(*, at):
    """The visits to come of which it was noticed that they cannot take place as planned."""
    return Appointment.objects.upcoming(at=at).filter(obstacle_since__isnull=False)


def note(found, *, at):
    """Open a work item for each visit in `found`, {pk: [Obstacle]}; what says that it takes place is held from now on.

    In the caller's transaction.
    """
    Appointment.objects.filter(pk__in=found).update(obstacle_since=at)
    worklist.find(work_kinds.VISIT_AFFECTED, appointment__in=found, occasion=AFTER_ALL).cancel(
        note=_("it cannot take place again"), at=at
    )
    visits = Appointment.objects.filter(pk__in=found).select_related("patient")
    worklist.open_all((_item(visit, found[visit.pk], at=at) for visit in visits), again=True)


def end_holds(keys):
    """Whoever is booking these times chooses again."""
    for hold in Appointment.objects.filter(pk__in=keys, status=AppointmentStatus.PENDING):
        hold.expire()


# Settle


def settle(keys, *, at):
    """These visits can take place after all: what was held goes, and who was told otherwise is told so.

    In the caller's transaction.
    """
    visits = list(Appointment.objects.filter(pk__in=keys).select_related("patient", "practitioner", "visit_type"))
    news = Message.objects.filter(appointment__in=keys, purpose=message_purposes.VISIT_AFFECTED.code)
    outbox.withdraw(news, reason=_("the visit can take place after all"), at=at)
    told = set(news.filter(status__in=TOLD).values_list("appointment", "occasion"))
    called = _called(visits)
    for visit in visits:
        if (visit.pk, _episode(visit)) in told:
            outbox.schedule_for(visit.patient, _letter(message_purposes.VISIT_AS_PLANNED, visit, at=at))
    worklist.settle(
        work_kinds.VISIT_AFFECTED, appointment__in=keys, note=_("the visit can take place after all"), at=at
    )
    worklist.open_all((_item_after_all(visit, at=at) for visit in visits if visit.pk in called), again=True)
    Appointment.objects.filter(pk__in=keys).update(obstacle_since=None)
    outbox.look_again(Message.objects.filter(appointment__in=keys), at=at)


def _called(visits):
    """Keys of the visits whose patients a person called about the visit as it is."""
    done = worklist.find(work_kinds.VISIT_AFFECTED, appointment__in=visits, occasion="")
    done = done.filter(status=WorkItemStatus.COMPLETED, sequence=F("appointment__calendar_sequence"))
    return set(done.filter(ended_at__gte=F("appointment__obstacle_since")).values_list("appointment", flat=True))


# Tell


def tell(visits, *, by, at):
    """Tell the patients of these visits that they cannot take place as planned: once, until that changes.

    Returns how many are told. Those that can take place, or have been told, are left out.
    """
    with transaction.atomic():
        review(at=at)
        chosen = affected(at=at).filter(pk__in=[visit.pk for visit in visits]).select_related("patient")
        locked = list(chosen.select_for_update(of=["self"], no_key=True).order_by("pk"))
        known = told(locked)
        untold = [visit for visit in locked if visit.pk not in known]
        for visit in untold:
            outbox.schedule_for(visit.patient, _letter(message_purposes.VISIT_AFFECTED, visit, at=at))
            auditing.changed(visit.patient, by=by, what="told that a visit cannot take place")
    return len(untold)


def told(visits):
    """Keys of the visits whose patients have been written to about them as they are now. One query."""
    news = Message.objects.filter(appointment__in=visits, purpose=message_purposes.VISIT_AFFECTED.code)
    known = set(news.values_list("appointment", "sequence", "occasion"))
    return {visit.pk for visit in visits if (visit.pk, visit.calendar_sequence, _episode(visit)) in known}


def _letter(purpose, visit, *, at):
    """One for each time that an obstacle came up."""
    return Letter(
        purpose,
        cause=visit.pk,
        occasion=_episode(visit),
        sequence=visit.calendar_sequence,
        context={"appointment": visit, "link": visit_answers.link_of(visit)},
        appointment=visit,
        due_at=at,
        not_after=max(visit.starts_at, at + timedelta(hours=1)),
        may_wake=visit.starts_at - at < SOON,
    )


def _episode(visit):
    return f"{visit.obstacle_since.astimezone(UTC):%y%m%d%H%M%S}" if visit.obstacle_since else ""


def _item(visit, found, *, at):
    """One per time of a visit: a patient who is affected again is phoned again."""
    what_to_say = _("The visit on %(when)s cannot take place as planned: %(why)s. Offer another time, or cancel it.")
    return _work_item(visit, what_to_say, at=at, why=obstacles.in_words(found))


def _item_after_all(visit, *, at):
    what_to_say = _("The visit on %(when)s can take place as planned after all. Call: the patient was told otherwise.")
    return _work_item(visit, what_to_say, at=at, occasion=AFTER_ALL)


def _work_item(visit, what_to_say, *, at, occasion="", **words):
    return worklist.new(
        work_kinds.VISIT_AFFECTED,
        cause=visit.pk,
        occasion=occasion,
        sequence=visit.calendar_sequence,
        patient=visit.patient,
        appointment=visit,
        what_to_say=(what_to_say % {"when": civil_time.written(visit.starts_at), **words})[:300],
        due_at=at,
    )
