"""When patients are reminded of a visit."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clinic.models.schedules import VisitType


class VisitReminder(models.Model):
    """How many hours before a visit of this kind its patient is reminded.

    Rows without a kind apply to every kind that has none of its own.
    """

    visit_type = models.ForeignKey(
        VisitType,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="reminders",
        verbose_name=_("kind of visit"),
        help_text=_("Empty: for every kind that has no reminders of its own."),
    )
    hours_before = models.PositiveSmallIntegerField(
        _("hours before the visit"),
        validators=[MinValueValidator(1), MaxValueValidator(14 * 24)],
        help_text=_(
            "48 is two days before, at the hour of the visit. What would come in quiet hours comes an hour before "
            "they begin. A change counts for visits that are booked or moved from now on."
        ),
    )

    class Meta:
        ordering = ["visit_type", "-hours_before"]
        constraints = [
            models.CheckConstraint(condition=Q(hours_before__gte=1), name="visit_reminder_comes_before"),
            models.UniqueConstraint(fields=["visit_type", "hours_before"], name="visit_reminder_once_for_a_kind"),
            models.UniqueConstraint(
                fields=["hours_before"], condition=Q(visit_type=None), name="visit_reminder_once_for_all"
            ),
        ]

    def __str__(self):
        hours = ngettext("%(count)s hour before", "%(count)s hours before", self.hours_before)
        return hours % {"count": self.hours_before}
