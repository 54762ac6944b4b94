from datetime import timedelta

from django.conf import settings
from django.db import models

from clinic.models.appointment_states import AppointmentStatus
from clinic.models.appointments import Appointment

LOOKED_BACK = timedelta(days=1)


class BookingRequestQuerySet(models.QuerySet):
    def lately(self, *, at):
        """Those of the last day that the desk has not ended."""
        return self.filter(asked_at__gt=at - LOOKED_BACK, ended_at=None)

    def unproved(self):
        return self.filter(proved_at=None)


class BookingRequest(models.Model):
    """A visit that somebody who is not known here booked on the page: who, was to be proved by a code.

    Until then it is a hold with a short life. `asked_from` is a mark of where it came from, so that the desk sees what
    comes from one place as one thing; nothing else about the person is in it.
    """

    appointment = models.OneToOneField(Appointment, models.CASCADE, related_name="booking_request")
    asked_from = models.CharField(max_length=64)
    asked_at = models.DateTimeField(db_index=True)
    proved_at = models.DateTimeField(null=True, blank=True)
    # By a person at the desk, with all others from there.
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = BookingRequestQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]

    def __str__(self):
        return f"{self.asked_at:%Y-%m-%d %H:%M} {self.appointment}"

    def is_waiting(self, *, at):
        """For its code; else it was booked, or its time is free again."""
        return self.appointment.is_live_hold(at=at)

    @property
    def is_booked(self):
        return self.appointment.status == AppointmentStatus.BOOKED
