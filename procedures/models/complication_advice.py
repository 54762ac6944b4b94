"""What follows when something went wrong: for the patient, the physiotherapist, whoever calls, and the next visit."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from procedures.models.records import ComplicationKind


class ComplicationWeight(models.TextChoices):
    GRAVE = "grave", _("may cost a life or a limb: a physician calls, the next visit needs a reason")
    WATCH = "watch", _("may get worse: somebody calls")
    LIGHT = "light", _("over when the patient goes home")


class ComplicationAdvice(models.Model):
    """What is said and done because of one kind of complication. One row a kind.

    Records keep the words of their signature: a change here is for those that are signed afterwards.
    """

    kind = models.CharField(_("what happened"), primary_key=True, max_length=20, choices=ComplicationKind)
    weight = models.CharField(_("weight"), max_length=10, choices=ComplicationWeight)
    heading = models.CharField(_("to the patient, in one line"), max_length=80)
    patient_advice = models.TextField(
        _("to the patient: what to do"), help_text=_("One sentence on each line, plain enough for a child of ten.")
    )
    physiotherapist_advice = models.CharField(_("to the physiotherapist"), max_length=300)
    next_visit_advice = models.CharField(_("to the physician of the next visit"), max_length=300)
    asks_about_breath = models.BooleanField(_("asks about the breath, as after a needle near the lung"), default=False)
    call_hours = models.PositiveSmallIntegerField(
        _("hours within which somebody calls"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(168)],
    )
    check_hours = models.PositiveSmallIntegerField(
        _("hours after which the patient is also asked"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(96)],
    )
    leads_hours = models.PositiveSmallIntegerField(
        _("hours for which it comes first on the patient's page"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(336)],
    )
    warns_months = models.PositiveSmallIntegerField(
        _("months for which it warns in later visits"), null=True, blank=True, help_text=_("Empty: for good.")
    )
    source = models.CharField(_("source"), max_length=400)

    class Meta:
        ordering = ["kind"]
        verbose_name = _("advice after a complication")
        verbose_name_plural = _("advice after complications")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ComplicationKind.values), name="complication_advice_of_a_kind"),
            models.CheckConstraint(
                condition=Q(weight__in=ComplicationWeight.values), name="complication_advice_has_a_weight"
            ),
            models.CheckConstraint(
                condition=~Q(weight="grave") | Q(call_hours__gte=1), name="complication_advice_grave_is_called"
            ),
        ]

    def __str__(self):
        return self.get_kind_display()

    @property
    def is_grave(self):
        return self.weight == ComplicationWeight.GRAVE
