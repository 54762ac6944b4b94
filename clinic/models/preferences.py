"""How a patient wants to hear from the clinic."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models.messages import MessageChannel
from clinic.models.patients import Patient


class PreferenceSource(models.TextChoices):
    """How a choice reached the clinic."""

    OWN_PAGE = "page", _("on the patient's own page")
    LINK = "link", _("by the link in a message")
    REPLY = "reply", _("by an SMS reply")
    DESK = "desk", _("by the desk")
    COMPLAINT = "complaint", _("by marking our mail as unwanted")


class MessagePreference(models.Model):
    """One patient's choices about messages. Without a row the clinic's defaults apply.

    Opting out ends reminders only: advice for safety, one-time codes and answers to what was just done go on.
    """

    patient = models.OneToOneField(Patient, models.CASCADE, related_name="message_preference")
    channel = models.CharField(_("how"), max_length=10, choices=MessageChannel, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, blank=True)
    # Full hours, clinic time; both or none.
    quiet_from = models.PositiveSmallIntegerField(_("quiet from"), null=True, blank=True)
    quiet_until = models.PositiveSmallIntegerField(_("quiet until"), null=True, blank=True)
    opted_out_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    source = models.CharField(max_length=10, choices=PreferenceSource)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False, quiet_from__lte=23, quiet_until__lte=23),
                name="preference_quiet_hours_are_both_or_none",
            ),
        ]

    def __str__(self):
        return f"{self.patient}: {self.get_channel_display() or '-'}"

    @property
    def quiet_hours(self):
        """(from, until) in full hours of the clinic's day; the clinic's own where the patient chose none."""
        return settings.QUIET_HOURS if self.quiet_from is None else (self.quiet_from, self.quiet_until)
