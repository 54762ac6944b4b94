from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from procedures.models import ProcedureDefinition

ONE_A_LINE = _("One sentence on each line, plain enough for a child of ten.")


class AftercareProtocolQuerySet(models.QuerySet):
    def for_definition(self, definition):
        """The protocol in force for this procedure: its own if it has one, else the general one. Newest first."""
        candidates = self.filter(Q(definition=definition) | Q(definition=None), is_current=True)
        return candidates.order_by(models.F("definition").asc(nulls_last=True), "-version").first()


class AftercareProtocol(models.Model):
    """What patients must and must not do afterwards, for how long. A running plan keeps the version it began with."""

    name = models.CharField(_("name"), max_length=100)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    definition = models.ForeignKey(
        ProcedureDefinition,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("only for this procedure"),
    )
    lifting_hours = models.PositiveSmallIntegerField(
        _("hours without heavy lifting"), default=48, validators=[MinValueValidator(24), MaxValueValidator(48)]
    )
    physiotherapy_days = models.PositiveSmallIntegerField(
        _("days within which to see a physiotherapist"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    lifting_advice = models.TextField(_("while nothing heavy is lifted"), blank=True, help_text=ONE_A_LINE)
    normal_life = models.TextField(_("normal life: what is fine"), blank=True, help_text=ONE_A_LINE)
    what_is_normal = models.TextField(_("what is normal in these days"), blank=True, help_text=ONE_A_LINE)
    what_is_not = models.TextField(_("what is not normal: call us"), blank=True, help_text=ONE_A_LINE)
    source = models.CharField(_("source"), max_length=300, blank=True)
    is_current = models.BooleanField(_("in force"), default=True)

    objects = AftercareProtocolQuerySet.as_manager()

    class Meta:
        ordering = ["name", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="protocol_version_once"),
            models.CheckConstraint(condition=Q(lifting_hours__range=(24, 48)), name="protocol_lifting_24_to_48_hours"),
            models.CheckConstraint(condition=Q(physiotherapy_days__gte=1), name="protocol_physiotherapy_after_a_day"),
        ]

    def __str__(self):
        return f"{self.name} v{self.version}"


class Asks(models.TextChoices):
    BREATHING = "breathing", _("breathing, after a needle near the lung")
    HOW_ARE_YOU = "how-are-you", _("how you are: pain, and anything new")


class ProtocolCheck(models.Model):
    """When a plan of this protocol asks how the patient is: after a number of hours, or on a day at the usual hour."""

    protocol = models.ForeignKey(AftercareProtocol, models.CASCADE, related_name="check_times")
    asks = models.CharField(
        _("asks about"),
        max_length=20,
        choices=Asks,
    )
    hours_after = models.PositiveSmallIntegerField(
        _("hours after"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(96)]
    )
    days_after = models.PositiveSmallIntegerField(
        _("days after"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(180)]
    )

    class Meta:
        ordering = ["hours_after", "days_after"]
        constraints = [
            models.CheckConstraint(
                condition=Q(hours_after__gte=1, days_after=None) | Q(hours_after=None, days_after__gte=1),
                name="protocol_check_is_after_hours_or_days",
            ),
            models.UniqueConstraint(fields=["protocol", "asks", "hours_after"], name="protocol_check_hours_once"),
            models.UniqueConstraint(fields=["protocol", "asks", "days_after"], name="protocol_check_days_once"),
        ]

    def __str__(self):
        return self.moment

    @property
    def moment(self):
        """The occasion of its message: "+48h", "+3d"."""
        return f"+{self.hours_after}h" if self.hours_after else f"+{self.days_after}d"
