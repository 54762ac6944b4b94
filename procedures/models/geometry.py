"""How deep a needle goes in each muscle, with which needle, and from where it may reach what it must not."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from procedures.models.anatomy import Muscle

DEPTHS_MM = [MinValueValidator(1), MaxValueValidator(120)]


class MuscleGeometry(models.Model):
    """The usual depth in one muscle and the needle for it, in mm, with their source. A depth outside is asked about.

    `danger_mm` is the depth at which what stands in `danger` was met or measured; empty where no source gives one.
    """

    muscle = models.OneToOneField(
        Muscle, models.CASCADE, primary_key=True, related_name="geometry", verbose_name=_("muscle")
    )
    depth_from_mm = models.PositiveSmallIntegerField(_("depth from (mm)"), validators=DEPTHS_MM)
    depth_to_mm = models.PositiveSmallIntegerField(_("depth to (mm)"), validators=DEPTHS_MM)
    danger_mm = models.PositiveSmallIntegerField(
        _("danger from (mm)"), null=True, blank=True, validators=DEPTHS_MM, help_text=_("From this depth on.")
    )
    danger = models.CharField(_("what the needle may reach there"), max_length=100, blank=True)
    needle_gauge = models.PositiveSmallIntegerField(
        _("usual needle (G)"), validators=[MinValueValidator(18), MaxValueValidator(34)]
    )
    needle_length_mm = models.PositiveSmallIntegerField(
        _("usual needle (mm)"), validators=[MinValueValidator(10), MaxValueValidator(120)]
    )
    source = models.CharField(_("source"), max_length=500)

    class Meta:
        ordering = ["muscle"]
        verbose_name = _("depth and needle of a muscle")
        verbose_name_plural = _("depth and needle of each muscle")
        constraints = [
            models.CheckConstraint(condition=Q(depth_from_mm__lt=F("depth_to_mm")), name="muscle_depth_is_a_range"),
            models.CheckConstraint(
                condition=Q(needle_length_mm__gt=F("depth_to_mm")), name="muscle_needle_is_longer_than_its_depth"
            ),
            models.CheckConstraint(
                condition=Q(danger_mm=None, danger="") | (Q(danger_mm__gte=F("depth_to_mm")) & ~Q(danger="")),
                name="muscle_danger_is_deeper_than_its_depth",
            ),
        ]

    def __str__(self):
        return str(self.muscle)


class DepthHint(models.Model):
    """The depth thought safe in one muscle, by body mass index, with its source.

    `danger_mm` is the depth at which the hint says that something dangerous begins: from there on a record stops.
    """

    muscle = models.ForeignKey(Muscle, models.CASCADE, related_name="depth_hints")
    bmi_from = models.DecimalField(_("BMI from"), max_digits=4, decimal_places=1, null=True, blank=True)
    bmi_below = models.DecimalField(_("BMI below"), max_digits=4, decimal_places=1, null=True, blank=True)
    hint = models.CharField(_("hint"), max_length=200)
    danger_mm = models.PositiveSmallIntegerField(_("danger from (mm)"), null=True, blank=True, validators=DEPTHS_MM)
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        ordering = ["muscle", models.F("bmi_from").asc(nulls_first=True)]

    def __str__(self):
        return self.hint

    def fits(self, bmi):
        return (self.bmi_from is None or bmi >= self.bmi_from) and (self.bmi_below is None or bmi < self.bmi_below)
