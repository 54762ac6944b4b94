"""Several visits of one day, of one patient or one family: one reminder tells them all, and its page leads to each."""

from clinic.messaging import addressees, companions, letters
from clinic.messaging.companions import Together
from clinic.models import Appointment, AppointmentStatus, Message
from clinic.scheduling import message_purposes, visit_answers

REMINDER, TEMPLATE = message_purposes.VISIT_REMINDER, "scheduling/visits-reminder"


def others_told_with(appointment):
    """The visits that the reminder of this one told, too, as they are now; those that were moved since are left out."""
    numbers = Message.objects.filter(appointment=appointment, purpose=REMINDER.code).values("pk")
    along = Message.objects.filter(told_in__in=numbers, purpose=REMINDER.code)
    visits = (
        Appointment.objects.select_related("patient")
        .prefetch_related("patient__contacts")
        .filter(pk__in=along.values("appointment"))
    )
    return [visit for visit in visits if visit.status == AppointmentStatus.BOOKED and visit.on == appointment.on]


def _suits(message, others):
    visits = Appointment.objects.in_bulk({row.appointment_id for row in (message, *others)} - {None})
    own = visits.get(message.appointment_id)
    return [row for row in others if own and _is_of_day(visits.get(row.appointment_id), row, own.on)]


def _is_of_day(visit, message, day):
    return visit is not None and visit.on == day and visit.calendar_sequence == message.sequence


def words_about(leader, visits, *, namesakes, due_at):
    """The text for each channel of a reminder of `visits`, among them `leader`, whose page it leads to.

    `namesakes`: the patients for whom the year of birth is told, too. One visit is told as it was planned.
    """
    visits = sorted(visits, key=lambda visit: (visit.starts_at, visit.pk))

    def context_for(channel):
        named = [_named(visit, channel, has_namesake=visit.patient in namesakes) for visit in visits]
        return {
            "patient": leader.patient,
            "has_namesake": leader.patient in namesakes,
            "appointment": leader,
            "visits": named,
            "names": ", ".join(dict.fromkeys(visit["name"] for visit in named)),
            "is_family": len({visit.patient for visit in visits}) > 1,
            "link": visit_answers.link_of(leader),
            "due_at": due_at,
        }

    return letters.words_of(TEMPLATE if len(visits) > 1 else REMINDER.template, REMINDER.category, context_for)


def _words(messages):
    first = messages[0]
    found = Appointment.objects.with_people_and_places().in_bulk([message.appointment_id for message in messages])
    people = {visit.patient for visit in found.values()}
    namesakes = {person for person in people if addressees.has_namesake(person, first.address)}
    return words_about(found[first.appointment_id], found.values(), namesakes=namesakes, due_at=first.due_at)


def _named(visit, channel, *, has_namesake):
    whose = addressees.words_for(visit.patient, channel, has_namesake=has_namesake, on=visit.on)
    return {
        "name": whose["name"],
        "starts_at": visit.starts_at,
        "minutes": visit.minutes,
        "who": visit.practitioner.name,
        "to_bring": visit.visit_type.what_to_bring,
    }


companions.TOGETHER.register(Together(REMINDER.code, _suits, _words))
