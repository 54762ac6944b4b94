from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Urgency(models.TextChoices):
    EMERGENCY = "emergency", _("call the emergency number at once")
    TODAY = "today", _("call us today")
    TELL_US = "tell-us", _("tell us at your next visit")
    HERE = "here", _("we watch for it while you are with us")


class Frequency(models.TextChoices):
    """How often it happens, in three words. If nobody has counted, we say so and do not guess."""

    COMMON = "common", _("common")
    RARE = "rare", _("rare")
    UNCOUNTED = "uncounted", _("no figure found")


class Risk(models.Model):
    """Something unwanted that may happen, described honestly: how often, how it feels, what to do."""

    slug = models.SlugField(unique=True)
    name = models.CharField(_("name"), max_length=60)
    meaning = models.CharField(_("what it is"), max_length=300)
    feels_like = models.CharField(_("what it feels like"), max_length=200)
    how_common = models.CharField(_("how common"), max_length=300)
    frequency = models.CharField(_("common or rare"), max_length=10, choices=Frequency, default=Frequency.UNCOUNTED)
    source = models.CharField(_("source"), max_length=300, blank=True)
    what_to_do = models.CharField(_("what to do"), max_length=300)
    call_when = models.CharField(_("call when"), max_length=200)
    urgency = models.CharField(_("how urgent"), max_length=10, choices=Urgency)
    only_near_lung = models.BooleanField(_("only for muscles near the lung"), default=False)
    only_with_steroid = models.BooleanField(_("only with a steroid"), default=False)
    only_with_drugs = models.BooleanField(_("only if something is injected"), default=False, db_default=False)
    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)
    claims = models.JSONField(_("numbers of the clinic's own statements said here"), default=list, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(condition=Q(frequency__in=Frequency.values), name="risk_frequency_is_known")
        ]

    def __str__(self):
        return self.name

    @property
    def is_emergency(self):
        return self.urgency == Urgency.EMERGENCY

    @property
    def is_for_today(self):
        """The patient is to call us on the same day."""
        return self.urgency == Urgency.TODAY

    @property
    def is_watched_here(self):
        return self.urgency == Urgency.HERE
