from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftercare.models.assessments import PhysiotherapyAssessment
from aftercare.models.plans import CarePlan
from clinic.lib.as_it_was import AsItWasForeignKey, sealed_words
from clinic.models import Patient, PatientsRowsQuerySet
from procedures.models import Muscle


class ExerciseKind(models.TextChoices):
    GENTLE = "gentle", _("gentle movement: may begin at once")
    STRETCH = "stretch", _("stretch: when lifting is allowed again")
    STRENGTH = "strength", _("strengthening: when lifting is allowed again")


class Exercise(models.Model):
    """One exercise of the library, in words for patients. Its picture is `static/img/exercises/<slug>.svg`."""

    slug = models.SlugField(primary_key=True, max_length=10)
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=ExerciseKind)
    how = models.TextField(_("how"), help_text=_("One step on each line."))
    picture_words = models.CharField(_("the picture in words"), max_length=200)
    dose = models.CharField(_("how often"), max_length=150)
    not_when = models.CharField(_("not when"), max_length=200, blank=True)
    muscles = models.ManyToManyField(Muscle, verbose_name=_("for these muscles"), related_name="exercises")
    source = models.CharField(_("source"), max_length=300)
    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.CheckConstraint(condition=Q(kind__in=ExerciseKind.values), name="exercise_kind_is_known")]

    def __str__(self):
        return self.name


class ExercisePrescriptionQuerySet(PatientsRowsQuerySet):
    seen_with = "aftercare.view_exerciseprescription"

    def running(self):
        return self.filter(ended_at=None)


class ExercisePrescription(models.Model):
    """An exercise that a patient is to do, from when, and how often."""

    care_plan = models.ForeignKey(CarePlan, models.PROTECT, related_name="prescriptions")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="prescriptions")
    assessment = models.ForeignKey(
        PhysiotherapyAssessment, models.PROTECT, null=True, blank=True, related_name="prescriptions"
    )
    exercise = AsItWasForeignKey(
        Exercise,
        models.PROTECT,
        related_name="prescriptions",
        sealed={"name": "exercise_name", "how": "exercise_how", "not_when": "exercise_not_when"},
    )
    # As it was prescribed: a correction reaches the patient when it is prescribed anew.
    exercise_name = sealed_words(60)
    exercise_how = models.TextField(blank=True, default="", db_default="", editable=False)
    exercise_not_when = sealed_words(200)
    dose = models.CharField(_("how often"), max_length=150)
    starts_at = models.DateTimeField(_("from"))
    technique_shown_at = models.DateTimeField(_("technique shown"), null=True, blank=True)
    technique_shown_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    prescribed_at = models.DateTimeField(default=timezone.now)
    prescribed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ExercisePrescriptionQuerySet.as_manager()

    class Meta:
        ordering = ["exercise__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "exercise"], condition=Q(ended_at=None), name="exercise_prescribed_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(technique_shown_at=None, technique_shown_by=None)
                | Q(technique_shown_at__isnull=False, technique_shown_by__isnull=False),
                name="technique_shown_says_by_whom",
            ),
        ]

    def __str__(self):
        return str(self.exercise)


class ExerciseDone(models.Model):
    """The patient's tick: done on this day."""

    prescription = models.ForeignKey(ExercisePrescription, models.PROTECT, related_name="ticks")
    on = models.DateField()
    ticked_at = models.DateTimeField(default=timezone.now)
    ticked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["on"]
        constraints = [models.UniqueConstraint(fields=["prescription", "on"], name="exercise_ticked_once_a_day")]

    def __str__(self):
        return f"{self.prescription_id} {self.on}"


class ExerciseReport(models.Model):
    """The patient says that an exercise does not feel right, in own words. Never changed."""

    prescription = models.ForeignKey(ExercisePrescription, models.PROTECT, related_name="reports")
    words = models.CharField(_("what you feel"), max_length=500)
    told_at = models.DateTimeField(default=timezone.now)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    request_token = models.CharField(max_length=40, unique=True)

    class Meta:
        ordering = ["-told_at", "-pk"]

    def __str__(self):
        return f"{self.prescription_id} {self.told_at:%Y-%m-%d}"
