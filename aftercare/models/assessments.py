"""What the physiotherapist finds, and the therapy besides exercises."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftercare.models.physiotherapy import ServiceRequest
from clinic.models import Appointment, Patient, PatientsRowsQuerySet
from procedures.models import PainCause, Side


class PhysiotherapyAssessmentQuerySet(PatientsRowsQuerySet):
    seen_with = "aftercare.view_physiotherapyassessment"


class PhysiotherapyAssessment(models.Model):
    """One assessment of a patient by a physiotherapist. Never changed; the next visit adds a new one."""

    referral = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="assessments")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="assessments")
    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True, blank=True, related_name="assessments")
    pain_now = models.PositiveSmallIntegerField(_("pain now, from 0 to 10"), validators=[MaxValueValidator(10)])
    findings = models.TextField(_("what you find"), max_length=4000, blank=True)
    plan = models.TextField(_("plan"), max_length=2000, blank=True)
    assessed_at = models.DateTimeField(default=timezone.now)
    assessed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    request_token = models.CharField(max_length=64, unique=True, null=True, blank=True)

    objects = PhysiotherapyAssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-assessed_at", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(pain_now__lte=10), name="assessment_pain_0_to_10")]

    def __str__(self):
        return f"{self.assessed_at:%Y-%m-%d}"


class Movement(models.TextChoices):
    """Movements whose range is measured, by the joint that makes them."""

    NECK_FLEXION = "neck-flexion", _("neck: chin to chest")
    NECK_EXTENSION = "neck-extension", _("neck: look up")
    NECK_ROTATION = "neck-rotation", _("neck: turn")
    NECK_SIDE = "neck-side", _("neck: ear to shoulder")
    SHOULDER_FLEXION = "shoulder-flexion", _("shoulder: arm up in front")
    SHOULDER_ABDUCTION = "shoulder-abduction", _("shoulder: arm up to the side")
    SHOULDER_EXTERNAL = "shoulder-external", _("shoulder: turn out")
    SHOULDER_INTERNAL = "shoulder-internal", _("shoulder: turn in")
    ELBOW_FLEXION = "elbow-flexion", _("elbow: bend")
    WRIST_FLEXION = "wrist-flexion", _("wrist: bend down")
    WRIST_EXTENSION = "wrist-extension", _("wrist: bend up")
    TRUNK_FLEXION = "trunk-flexion", _("back: bend forward")
    TRUNK_EXTENSION = "trunk-extension", _("back: bend back")
    TRUNK_ROTATION = "trunk-rotation", _("back: turn")
    TRUNK_SIDE = "trunk-side", _("back: bend to the side")
    HIP_FLEXION = "hip-flexion", _("hip: bend")
    HIP_EXTENSION = "hip-extension", _("hip: leg back")
    HIP_ROTATION = "hip-rotation", _("hip: turn")
    KNEE_FLEXION = "knee-flexion", _("knee: bend")
    ANKLE_DORSIFLEXION = "ankle-dorsiflexion", _("ankle: foot up")
    JAW_OPENING = "jaw-opening", _("jaw: open (mm)")


class RangeOfMotion(models.Model):
    """How far one movement goes: degrees, for the jaw millimetres."""

    assessment = models.ForeignKey(PhysiotherapyAssessment, models.PROTECT, related_name="ranges")
    movement = models.CharField(_("movement"), max_length=30, choices=Movement)
    side = models.CharField(_("side"), max_length=6, choices=Side)
    extent = models.PositiveSmallIntegerField(_("how far (degrees)"), validators=[MaxValueValidator(180)])
    is_painful = models.BooleanField(_("it hurts"), default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "movement", "side"], name="one_range_per_movement_and_side"),
            models.CheckConstraint(condition=Q(extent__lte=180), name="range_of_motion_up_to_180"),
            models.CheckConstraint(condition=Q(movement__in=Movement.values), name="range_of_motion_is_known"),
        ]

    def __str__(self):
        return f"{self.get_movement_display()} {self.side}: {self.extent}"

    @property
    def has_side(self):
        return self.side != Side.MIDDLE

    @property
    def is_in_mm(self):
        """Millimetres; every other movement is measured in degrees."""
        return self.movement == Movement.JAW_OPENING


class CauseFinding(models.TextChoices):
    PART_OF_IT = "part", _("part of it")
    NOT_PART = "not", _("not part of it")
    UNCLEAR = "unclear", _("not clear yet")


class CauseReview(models.Model):
    """One of the eight causes that the clinic names, as judged in this assessment."""

    assessment = models.ForeignKey(PhysiotherapyAssessment, models.PROTECT, related_name="causes")
    cause = models.CharField(_("cause"), max_length=20, choices=PainCause)
    finding = models.CharField(_("finding"), max_length=10, choices=CauseFinding)
    advice = models.CharField(_("what was agreed"), max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "cause"], name="one_review_per_cause"),
            models.CheckConstraint(condition=Q(finding__in=CauseFinding.values), name="cause_finding_is_known"),
        ]

    def __str__(self):
        return f"{self.cause}: {self.finding}"

    @property
    def is_part(self):
        """It is part of what hurts."""
        return self.finding == CauseFinding.PART_OF_IT


class OtherTherapyKind(models.TextChoices):
    MANUAL = "manual", _("manual therapy")
    HEAT = "heat", _("heat")
    COLD = "cold", _("cold")
    PRESSURE = "pressure", _("pressure on the knot")
    TAPING = "taping", _("taping")
    TENS = "tens", _("TENS (mild current)")
    BREATHING = "breathing", _("breathing and relaxing")
    ERGONOMICS = "ergonomics", _("the place of work")
    OTHER = "other", _("something else")


class OtherTherapy(models.Model):
    """Therapy that is not an exercise."""

    assessment = models.ForeignKey(PhysiotherapyAssessment, models.PROTECT, related_name="other_therapies")
    kind = models.CharField(_("therapy"), max_length=20, choices=OtherTherapyKind)
    words = models.CharField(_("what, and how often"), max_length=300)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "other therapies"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=OtherTherapyKind.values), name="other_therapy_is_known")
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.words}"
