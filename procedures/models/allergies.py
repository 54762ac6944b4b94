"""What a patient is allergic to, so that it can be held against what is injected."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models import Patient, PatientsRowsQuerySet
from procedures.models.drugs import Drug, Ingredient


class AllergySeverity(models.TextChoices):
    """How bad the worst reaction was (HL7 FHIR R4 AllergyIntolerance.reaction.severity). Unknown is not mild."""

    MILD = "mild", _("mild: a rash or itching")
    MODERATE = "moderate", _("moderate: swelling, or a doctor was needed")
    SEVERE = "severe", _("severe: trouble with breathing, or collapse")
    UNKNOWN = "unknown", _("nobody knows how bad")


MAY_BE_SEVERE = (AllergySeverity.SEVERE, AllergySeverity.UNKNOWN)


class AllergyQuerySet(PatientsRowsQuerySet):
    seen_with = "procedures.view_screening"

    def standing(self):
        return self.filter(ended_at=None)

    def with_substance(self):
        return self.select_related("drug", "ingredient")


class Allergy(models.Model):
    """One substance a patient reacted to (HL7 FHIR R4 AllergyIntolerance). Only added to and ended, with a reason.

    A drug or an ingredient of the catalogue, or in `other` one that the catalogue does not have.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="allergies")
    drug = models.ForeignKey(Drug, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("drug"))
    ingredient = models.ForeignKey(
        Ingredient, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ingredient")
    )
    other = models.CharField(_("something else"), max_length=100, blank=True)
    reaction = models.CharField(_("what happened"), max_length=300, blank=True)
    severity = models.CharField(_("how bad it was"), max_length=10, choices=AllergySeverity)
    noted_at = models.DateTimeField(default=timezone.now)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_reason = models.CharField(_("why it no longer counts"), max_length=300, blank=True)

    objects = AllergyQuerySet.as_manager()

    class Meta:
        ordering = ["-noted_at", "-pk"]
        verbose_name_plural = _("allergies")
        constraints = [
            models.CheckConstraint(
                condition=Q(drug__isnull=False, ingredient=None, other="")
                | Q(drug=None, ingredient__isnull=False, other="")
                | (Q(drug=None, ingredient=None) & ~Q(other="")),
                name="allergy_names_one_substance",
            ),
            models.CheckConstraint(condition=Q(severity__in=AllergySeverity.values), name="allergy_severity_is_known"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_reason="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_reason="")),
                name="allergy_ended_says_by_whom_and_why",
            ),
        ]

    def __str__(self):
        return f"{self.substance}, {self.get_severity_display()}"

    @property
    def substance(self):
        """Its name."""
        return str(self.drug or self.ingredient or self.other)

    @property
    def may_be_severe(self):
        return self.severity in MAY_BE_SEVERE

    @property
    def is_ended(self):
        return self.ended_at is not None
