"""What is known of a phone number itself, whoever has it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class BlockedBy(models.TextChoices):
    """How the clinic knows that the provider lets no SMS of ours through."""

    REPLY = "reply", _("STOP came from this number")
    REFUSAL = "refusal", _("the provider refused an SMS to it")


class SmsNumberQuerySet(models.QuerySet):
    def blocked(self):
        return self.exclude(blocked_since=None)


class SmsNumber(models.Model):
    """One number that wrote to the clinic, or that the provider blocks.

    A provider blocks a number that answered STOP, for the clinic as a whole. Only START from that phone ends it.
    """

    number = models.CharField(max_length=64, unique=True)
    blocked_since = models.DateTimeField(null=True, blank=True)
    blocked_by = models.CharField(max_length=10, choices=BlockedBy, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)  # the last time that a block ended
    # When the last automatic answers went to it: two machines must not answer each other for ever.
    answered_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)  # with the emergency number, after red words

    objects = SmsNumberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(number=""), name="sms_number_is_a_number"),
            models.CheckConstraint(
                condition=Q(blocked_since=None, blocked_by="")
                | Q(blocked_since__isnull=False, blocked_by__in=BlockedBy.values),
                name="sms_number_blocked_says_by_what",
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def is_blocked(self):
        return self.blocked_since is not None
