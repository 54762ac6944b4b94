"""What became of a patient's data when its time was over, or when the patient asked to have it removed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models.patients import Patient


class RemovalKind(models.TextChoices):
    ERASED = "erased", _("erased")  # no law keeps anything of it
    LOCKED = "locked", _("locked")  # erased but for what the law keeps, which nobody reads
    OPENED = "opened", _("opened again")
    OVER = "over", _("erased, the record too: its time was over")


class DataRemoval(models.Model):
    """One such act: by whom, why, and until when what is locked has to be kept. Without `by` its time was over."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="removals")
    kind = models.CharField(max_length=10, choices=RemovalKind)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("why"), max_length=300)
    kept_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RemovalKind.values), name="removal_kind_is_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="removal_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(kind="locked") | Q(kept_until__isnull=False), name="removal_locked_says_until_when"
            ),
            models.CheckConstraint(
                condition=~Q(kind="over") | Q(kept_until__isnull=False), name="removal_over_says_since_when"
            ),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d} {self.get_kind_display()}"
