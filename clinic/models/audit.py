from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models.patients import Patient


class AuditAction(models.TextChoices):
    """HL7 FHIR R4 AuditEventAction."""

    CREATE = "C", _("wrote")
    READ = "R", _("read")
    UPDATE = "U", _("changed")


class AuditEvent(models.Model):
    """Who read or changed which patient's record, when and from where. Written once, never changed."""

    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="audit_events")
    action = models.CharField(max_length=1, choices=AuditAction)
    what = models.CharField(max_length=100)
    address = models.GenericIPAddressField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["patient", "at"])]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_action_display()} {self.what}"
