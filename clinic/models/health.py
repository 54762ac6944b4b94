"""What must be known about a patient before any needle: warnings, weight and height."""

from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models.patients import Patient

ANSWERS_VALID_FOR = timedelta(days=30)
WEIGHT_VALID_FOR = timedelta(days=90)


class AlertKind(models.TextChoices):
    ALLERGY = "allergy", _("Allergy")
    BLOOD_THINNER = "blood-thinner", _("Blood thinner")
    PREGNANCY = "pregnancy", _("Pregnancy")
    FAINTING = "fainting", _("Fainting")
    LUNG_DISEASE = "lung-disease", _("Lung disease")
    DIABETES = "diabetes", _("Diabetes")
    BLEEDING = "bleeding", _("Bleeds for long")
    INFECTION = "infection", _("Fever or infection")
    HEART = "heart", _("Heart illness")
    LIVER = "liver", _("Liver illness")
    KIDNEY = "kidney", _("Kidney illness")
    EPILEPSY = "epilepsy", _("Epilepsy")


# Of every patient it has to be known whether these are there, whatever a clinic asks.
ALWAYS_ASKED = {
    *(AlertKind.ALLERGY, AlertKind.BLOOD_THINNER, AlertKind.PREGNANCY),
    *(AlertKind.FAINTING, AlertKind.LUNG_DISEASE, AlertKind.DIABETES),
}


class AlertState(models.TextChoices):
    """Nobody asked, and "I do not know", are both unknown: that is not the same as no."""

    PRESENT = "present", _("yes")
    ABSENT = "absent", _("no")
    UNKNOWN = "unknown", _("unknown")


class PatientAlertQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(patient__in=Patient.objects.visible_to(user))


class PatientAlert(models.Model):
    """An answer about one danger at one time (HL7 FHIR R4 Flag). Only added to: the latest of a kind applies."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="alerts")
    kind = models.CharField(_("kind"), max_length=20, choices=AlertKind)
    state = models.CharField(_("state"), max_length=10, choices=AlertState)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    noted_at = models.DateTimeField(default=timezone.now)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)

    objects = PatientAlertQuerySet.as_manager()

    class Meta:
        ordering = ["-noted_at", "-pk"]
        indexes = [models.Index(fields=["patient", "kind", "-noted_at"], name="patient_alert_last_word")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=AlertKind.values), name="patient_alert_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=AlertState.values), name="patient_alert_state_is_known"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.get_state_display()}"

    def is_stale(self, *, at):
        """Asked longer ago than answers stay valid: to be asked again."""
        return at - self.noted_at > ANSWERS_VALID_FOR


class BodyMeasurement(models.Model):
    """Weight and height on one day (HL7 FHIR R4 Observation)."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="measurements")
    weight_kg = models.DecimalField(
        _("weight (kg)"),
        max_digits=4,
        decimal_places=1,
        validators=[MinValueValidator(Decimal(20)), MaxValueValidator(Decimal(250))],
    )
    height_cm = models.PositiveSmallIntegerField(
        _("height (cm)"), null=True, blank=True, validators=[MinValueValidator(80), MaxValueValidator(230)]
    )
    measured_on = models.DateField(_("measured on"))
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)

    class Meta:
        ordering = ["-measured_on", "-pk"]
        indexes = [models.Index(fields=["patient", "-measured_on"], name="measurement_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(weight_kg__range=(20, 250)), name="measurement_weight_20_to_250_kg"),
            models.CheckConstraint(
                condition=Q(height_cm=None) | Q(height_cm__range=(80, 230)), name="measurement_height_80_to_230_cm"
            ),
        ]

    def __str__(self):
        return f"{self.weight_kg} kg"

    def is_stale(self, *, on):
        """Too old on the civil day `on` to compute a dose with."""
        return on - self.measured_on > WEIGHT_VALID_FOR

    @property
    def bmi(self):
        """kg per square metre, one decimal; None without a height."""
        if not self.height_cm:
            return None
        return round(self.weight_kg / (Decimal(self.height_cm) / 100) ** 2, 1)
