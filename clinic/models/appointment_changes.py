from django.conf import settings
from django.db import models
from django.utils import timezone

from clinic.models.appointment_states import AppointmentStatus
from clinic.models.appointments import Appointment


class AppointmentStatusChange(models.Model):
    """Who moved an appointment, from what to what, and when. Written once."""

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="status_changes")
    from_status = models.CharField(max_length=10, choices=AppointmentStatus, blank=True)
    to_status = models.CharField(max_length=10, choices=AppointmentStatus)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)
    at = models.DateTimeField(default=timezone.now, editable=False)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.from_status} -> {self.to_status}"
