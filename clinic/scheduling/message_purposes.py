"""Why the clinic writes about visits and open times."""

from django.utils.translation import gettext as _

from clinic.models import Appointment, AppointmentStatus, MessageCategory
from clinic.models.purposes import PURPOSES, Purpose


def _of_visits_that_ended(messages):
    """Messages no longer needed: the patient is here, was missed, or no longer comes."""
    visits = Appointment.objects.filter(pk__in={message.appointment_id for message in messages})
    ended = set(visits.exclude(status=AppointmentStatus.BOOKED).values_list("pk", flat=True))
    why = _("nothing to remind of any more")
    return {message.pk: why for message in messages if message.appointment_id in ended}


def _of_visit(code, category, **more):
    return PURPOSES.register(Purpose(code, category, topic="scheduling", cause="appointment", **more))


VISIT_BOOKED = _of_visit("visit-booked", MessageCategory.NOTICE)
VISIT_MOVED = _of_visit("visit-moved", MessageCategory.NOTICE)
VISIT_CANCELLED = _of_visit("visit-cancelled", MessageCategory.NOTICE)
VISIT_REMINDER = _of_visit("visit-reminder", MessageCategory.REMINDER, over=_of_visits_that_ended)
WAITLIST_OFFER = PURPOSES.register(
    Purpose("waitlist-offer", MessageCategory.NOTICE, topic="scheduling", cause="waitlist")
)
