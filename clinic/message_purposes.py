"""Why the clinic itself writes to people."""

from clinic.models import Appointment, AppointmentStatus, MessageCategory
from clinic.models.purposes import PURPOSES, Purpose


def _visit_is_over(messages):
    """The patient is here, was missed, or does not come any more."""
    visits = {message.appointment_id for message in messages}
    ended = Appointment.objects.filter(pk__in=visits).exclude(status=AppointmentStatus.BOOKED)
    ended = set(ended.values_list("pk", flat=True))
    return {message.pk for message in messages if message.appointment_id in ended}


def _of_visit(code, category, **more):
    return PURPOSES.register(Purpose(code, category, topic="scheduling", cause="appointment", **more))


VISIT_BOOKED = _of_visit("visit-booked", MessageCategory.NOTICE)
VISIT_MOVED = _of_visit("visit-moved", MessageCategory.NOTICE)
VISIT_CANCELLED = _of_visit("visit-cancelled", MessageCategory.NOTICE)
VISIT_REMINDER = _of_visit("visit-reminder", MessageCategory.REMINDER, is_over=_visit_is_over)
WAITLIST_OFFER = PURPOSES.register(
    Purpose("waitlist-offer", MessageCategory.NOTICE, topic="scheduling", cause="waitlist")
)
SIGN_IN = PURPOSES.register(Purpose("sign-in", MessageCategory.CODE))
