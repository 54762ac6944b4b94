from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from procedures.models.anatomy import Muscle


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
    of_hundred = models.PositiveSmallIntegerField(
        _("how many of a hundred people"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
        help_text=_(
            "As counted by the source, rounded; 0 for fewer than one. Leave it empty where nobody has counted."
        ),
    )
    of_hundred_most = models.PositiveSmallIntegerField(
        _("up to how many, where counts differ"), null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    counted = models.CharField(
        _("with what it was counted"), max_length=100, blank=True, db_default="", help_text=_("“after dry needling”")
    )
    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)
    claims = models.JSONField(_("numbers of the clinic's own statements said here"), default=list, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(condition=Q(frequency__in=Frequency.values), name="risk_frequency_is_known"),
            models.CheckConstraint(
                condition=Q(of_hundred=None, of_hundred_most=None)
                | Q(of_hundred__lte=100, of_hundred_most=None)
                | Q(of_hundred_most__lte=100, of_hundred__lt=models.F("of_hundred_most")),
                name="risk_of_hundred_people",
            ),
            models.CheckConstraint(condition=Q(of_hundred=None) | ~Q(counted=""), name="risk_says_what_was_counted"),
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


class SiteRisk(models.Model):
    """What lies close to some muscles and can be hurt there: a consent to these muscles names it.

    The lung has words of its own in the consent.
    """

    slug = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(_("what lies there"), max_length=60)
    meaning = models.CharField(
        _("what can happen"), max_length=300, help_text=_("Plain words. The name of the muscle stands before them.")
    )
    source = models.CharField(_("source"), max_length=300)
    muscles = models.ManyToManyField(Muscle, related_name="site_risks", verbose_name=_("muscles"))
    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)

    class Meta:
        ordering = ["position", "slug"]
        verbose_name = _("risk at some muscles")
        verbose_name_plural = _("risks at some muscles")

    def __str__(self):
        return self.name
