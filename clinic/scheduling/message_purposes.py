"""Why the clinic writes about visits and open times; when that is over, and while it is not known to be true."""

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from clinic.models import AppointmentStatus, MessageCategory
from clinic.models.purposes import PURPOSES, Purpose
from clinic.scheduling import obstacles

S = AppointmentStatus


def _visits_of(messages):
    """(message, its visit) for each that has one. One query, and none when the same messages are asked about again."""
    prefetch_related_objects(messages, "appointment")
    return [(message, message.appointment) for message in messages if message.appointment_id]


def _is_of_another_time(message, visit):
    return message.sequence is not None and message.sequence != visit.calendar_sequence


# Over


def _of_visits_that_do_not_stand(messages, *, at):
    """The patient is here, was missed or no longer comes, or the visit has another time."""
    over = {}
    for message, visit in _visits_of(messages):
        if visit.status != S.BOOKED:
            over[message.pk] = _("the visit is cancelled, or has begun or ended")
        elif _is_of_another_time(message, visit):
            over[message.pk] = _("the visit has changed since")
    return over


def _of_visits_booked_again(messages, *, at):
    """They say that it is cancelled, and it is not, or was cancelled anew."""
    why = _("the visit was booked again")
    return {
        message.pk: why
        for message, visit in _visits_of(messages)
        if visit.status != S.CANCELLED or _is_of_another_time(message, visit)
    }


def _of_visits_that_can_take_place(messages, *, at):
    """They say that it cannot."""
    over, visits = _of_visits_that_do_not_stand(messages, at=at), _visits_of(messages)
    found = obstacles.of([visit for _message, visit in visits], at=at)
    why = _("the visit can take place after all")
    return {message.pk: why for message, visit in visits if visit.pk not in found} | over


def _of_times_given_away(messages, *, at):
    why = _("the time is not kept any more")
    return {message.pk: why for message, hold in _visits_of(messages) if hold.status != S.PENDING}


# Past


def _of_visits_begun(messages, *, at):
    why = _("the hour of the visit has come")
    return {message.pk: why for message, visit in _visits_of(messages) if visit.starts_at <= at}


def _of_holds_ended(messages, *, at):
    why = _("the time was kept until %(when)s only")
    return {
        message.pk: why % {"when": f"{hold.held_until:%H:%M}"}
        for message, hold in _visits_of(messages)
        if hold.held_until and hold.held_until <= at
    }


# Held


def _of_affected_visits(messages, *, at):
    """They say that a visit takes place, which is not known now."""
    visits = _visits_of(messages)
    found = obstacles.of([visit for _message, visit in visits], at=at)
    why = _("held: the visit cannot take place as planned (%(why)s)")
    return {
        message.pk: why % {"why": obstacles.in_words(found[visit.pk])} for message, visit in visits if visit.pk in found
    }


def _of_visit(code, category=MessageCategory.NOTICE, *, over=_of_visits_that_do_not_stand, **more):
    about = {"topic": "scheduling", "cause": "appointment"}
    return PURPOSES.register(Purpose(code, category, over=over, past=_of_visits_begun, **about, **more))


VISIT_BOOKED = _of_visit("visit-booked", held=_of_affected_visits)
VISIT_MOVED = _of_visit("visit-moved", held=_of_affected_visits)
VISIT_CANCELLED = _of_visit("visit-cancelled", over=_of_visits_booked_again)
VISIT_REMINDER = _of_visit("visit-reminder", MessageCategory.REMINDER, held=_of_affected_visits)
# The desk says so: it cannot take place as planned. `occasion`: since when that is known.
VISIT_AFFECTED = _of_visit("visit-affected", over=_of_visits_that_can_take_place)
# To those who were told that: it takes place after all.
VISIT_AS_PLANNED = _of_visit("visit-as-planned", held=_of_affected_visits)
VISIT_STANDS = [VISIT_BOOKED, VISIT_MOVED]
WAITLIST_OFFER = PURPOSES.register(
    Purpose(
        *("waitlist-offer", MessageCategory.NOTICE),
        over=_of_times_given_away,
        past=_of_holds_ended,
        topic="scheduling",
        cause="waitlist",
    )
)
