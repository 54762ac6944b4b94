"""Who decides for a child."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from clinic.models.patients import Patient


class Guardian(models.Model):
    """A parent or guardian of a child, as a booking names them; `seen_by` is the colleague who saw who they are.

    It opens nothing: whose account acts for the child is a `PatientAccess`. `until` is when the child was of age.
    """

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="guardians")
    name = models.CharField(max_length=200)
    since = models.DateTimeField(default=timezone.now, editable=False)
    until = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="guardian_has_a_name")]

    def __str__(self):
        return self.name
