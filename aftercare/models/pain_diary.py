from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftercare.models.plans import CarePlan
from aftercare.models.symptom_checks import CareCheck
from clinic.models import Patient, PatientsRowsQuerySet


class PainDiaryEntryQuerySet(PatientsRowsQuerySet):
    """Clinicians see everybody's, the desk nobody's; a patient those of whom they may act for."""

    seen_with = "aftercare.view_paindiaryentry"


class PainDiaryEntry(models.Model):
    """Pain from 0 to 10 at one moment of the days after. Never changed, only reported again."""

    care_plan = models.ForeignKey(CarePlan, models.PROTECT, related_name="pain_entries")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="pain_entries")
    care_check = models.OneToOneField(
        CareCheck, models.PROTECT, null=True, blank=True, related_name="pain_entry"
    )  # None: reported without being asked
    score = models.PositiveSmallIntegerField(_("pain from 0 to 10"), validators=[MaxValueValidator(10)])
    told_at = models.DateTimeField(default=timezone.now)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )  # None: by the link of a message
    request_token = models.CharField(max_length=64, unique=True, null=True, blank=True)

    objects = PainDiaryEntryQuerySet.as_manager()

    class Meta:
        ordering = ["told_at", "pk"]
        verbose_name_plural = "pain diary entries"
        indexes = [models.Index(fields=["patient", "told_at"], name="pain_diary_of_patient")]
        constraints = [models.CheckConstraint(condition=Q(score__lte=10), name="pain_diary_0_to_10")]

    def __str__(self):
        return f"{self.told_at:%Y-%m-%d}: {self.score}"
