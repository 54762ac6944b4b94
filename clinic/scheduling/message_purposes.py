"""Why the clinic writes about visits and open times; when that is over, and while it is not known to be true."""

from django.utils.translation import gettext as _

from clinic.models import Appointment, AppointmentStatus, MessageCategory
from clinic.models.purposes import PURPOSES, Purpose
from clinic.scheduling import obstacles


def _visits_of(messages):
    """(message, its visit) for each that has one. One query."""
    visits = Appointment.objects.in_bulk({message.appointment_id for message in messages} - {None})
    return [(message, visits[message.appointment_id]) for message in messages if message.appointment_id in visits]


def _of_visits_that_ended(messages, *, at):
    """Messages no longer needed: the patient is here, was missed, or no longer comes."""
    why = _("nothing to remind of any more")
    return {message.pk: why for message, visit in _visits_of(messages) if visit.status != AppointmentStatus.BOOKED}


def _of_affected_visits(messages, *, at):
    """They say that a visit takes place, which is not known now."""
    visits = dict(_visits_of(messages))
    found = obstacles.of(visits.values(), at=at)
    why = _("held: the visit cannot take place as planned (%(why)s)")
    return {
        message.pk: why % {"why": obstacles.in_words(found[visit.pk])}
        for message, visit in visits.items()
        if visit.pk in found
    }


def _of_visit(code, category, **more):
    return PURPOSES.register(Purpose(code, category, topic="scheduling", cause="appointment", **more))


VISIT_BOOKED = _of_visit("visit-booked", MessageCategory.NOTICE, held=_of_affected_visits)
VISIT_MOVED = _of_visit("visit-moved", MessageCategory.NOTICE, held=_of_affected_visits)
VISIT_CANCELLED = _of_visit("visit-cancelled", MessageCategory.NOTICE)
VISIT_REMINDER = _of_visit(
    "visit-reminder", MessageCategory.REMINDER, over=_of_visits_that_ended, held=_of_affected_visits
)
# The desk says so: it cannot take place as planned. `occasion`: since when that is known.
VISIT_AFFECTED = _of_visit("visit-affected", MessageCategory.NOTICE)
# To those who were told that: it takes place after all.
VISIT_AS_PLANNED = _of_visit("visit-as-planned", MessageCategory.NOTICE, held=_of_affected_visits)
VISIT_STANDS = [VISIT_BOOKED, VISIT_MOVED]
WAITLIST_OFFER = PURPOSES.register(
    Purpose("waitlist-offer", MessageCategory.NOTICE, topic="scheduling", cause="waitlist")
)
