"""Who opened a patient who is not in their care, and why: for a time, and looked at by somebody else afterwards."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models.care import WAYS_INTO_CARE, WayIntoCare
from clinic.models.patients import Patient


class EmergencyAccess(models.Model):
    """One person sees one patient until an hour, for a reason of their own ("break the glass"). Never changed but for
    the review.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="emergency_access")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="emergency_access")
    reason = models.CharField(_("why"), max_length=300)
    at = models.DateTimeField()
    until = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    was_right = models.BooleanField(_("it was right"), null=True, blank=True)
    review_note = models.CharField(_("what was found"), max_length=300, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        default_permissions = []
        permissions = [
            ("open_in_emergency", "Can open a patient who is not in their care, for a reason"),
            ("review_emergency_access", "Can review who opened patients in an emergency"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="emergency_access_has_a_reason"),
            models.CheckConstraint(condition=Q(until__gt=F("at")), name="emergency_access_has_an_end"),
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by=None, was_right=None, review_note="")
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False, was_right__isnull=False),
                name="emergency_access_reviewed_by_somebody",
            ),
        ]

    def __str__(self):
        return f"{self.user}: {self.patient}"


def _opened(user):
    return EmergencyAccess.objects.filter(user=user, until__gt=timezone.now()).values("patient")


WAYS_INTO_CARE.register(WayIntoCare("emergency", _opened))
