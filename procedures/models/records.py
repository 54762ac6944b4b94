"""The record of a procedure: what was done, how it felt before and after, and what went wrong."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.lib.as_it_was import AsItWasForeignKey, sealed_words
from clinic.models import Appointment, Patient, Practitioner
from procedures.models.catalogue import ProcedureDefinition
from procedures.models.drugs import DoseProfile
from procedures.models.record_queries import ProcedureQuerySet, ProcedureStatus


class Procedure(models.Model):
    """One visit's injections (HL7 FHIR R4 Procedure). A draft until signed; afterwards notes can only be added.

    A visit has one current record; a record that two people voided stays beside it.
    """

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="procedures")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="procedures")
    definition = AsItWasForeignKey(
        ProcedureDefinition, models.PROTECT, verbose_name=_("procedure"), sealed={"name": "definition_name"}
    )
    performed_by = AsItWasForeignKey(
        Practitioner, models.PROTECT, related_name="procedures", sealed={"name": "performed_by_name"}
    )
    performed_on = models.DateField()
    note = models.TextField(_("note"), blank=True, max_length=4000)
    # What the doses were calculated with: the profile of limits, the weight and the reduction.
    dose_profile = AsItWasForeignKey(
        DoseProfile,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("profile of dose limits"),
        sealed={"name": "dose_profile_name"},
    )
    weight_kg = models.DecimalField(_("weight (kg)"), max_digits=4, decimal_places=1, null=True, blank=True)
    weight_on = models.DateField(_("weighed on"), null=True, blank=True)
    dosing_weight_kg = models.DecimalField(
        _("weight for the dose (kg)"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    dose_cut_percent = models.PositiveSmallIntegerField(_("limits lowered by (%)"), default=0)
    # Answers to warnings, in the physician's words.
    two_anaesthetics_reason = models.CharField(_("why two local anaesthetics"), max_length=300, blank=True)
    steroid_reason = models.CharField(_("why so much steroid"), max_length=300, blank=True, default="", db_default="")
    volume_reason = models.CharField(_("why this volume"), max_length=300, blank=True, default="", db_default="")
    both_sides_reason = models.CharField(_("why both sides of the chest"), max_length=300, blank=True)
    geometry_reason = models.CharField(
        _("why so deep, or twice in one muscle"), max_length=300, blank=True, default="", db_default=""
    )
    earlier_complications_reason = models.CharField(
        _("what is done about earlier complications"), max_length=300, blank=True, default="", db_default=""
    )
    alerts_reason = models.CharField(_("why in spite of the warnings"), max_length=300, blank=True)
    no_consent_reason = models.CharField(_("why without signed consent"), max_length=300, blank=True)
    repeat_reason = models.CharField(_("why again so soon"), max_length=300, blank=True, db_default="")
    weight_reason = models.CharField(_("why the weight is right"), max_length=300, blank=True, db_default="")
    same_person_reason = models.CharField(
        _("why the entry of the same name is not in the way"), max_length=300, blank=True, db_default=""
    )
    differs_reason = models.CharField(_("why it differs from the plan"), max_length=300, blank=True)
    # Afterwards
    observation_minutes = models.PositiveSmallIntegerField(
        _("minutes of observation"), null=True, blank=True, validators=[MaxValueValidator(480)]
    )
    needles_in = models.PositiveSmallIntegerField(
        _("needles used"), null=True, blank=True, validators=[MaxValueValidator(60)]
    )
    needles_out = models.PositiveSmallIntegerField(
        _("needles counted out"), null=True, blank=True, validators=[MaxValueValidator(60)]
    )
    had_complications = models.BooleanField(_("did anything go wrong"), null=True, blank=True)
    status = models.CharField(max_length=20, choices=ProcedureStatus, default=ProcedureStatus.DRAFT)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # What the keys pointed to when it was signed
    definition_name = sealed_words(100)
    performed_by_name = sealed_words(150)
    dose_profile_name = sealed_words(100)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        ordering = ["-performed_on", "-pk"]
        permissions = [("sign_procedure", "Can log and sign procedures")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="draft", signed_at=None, signed_by=None)
                | Q(status__in=["signed", "entered-in-error"], signed_at__isnull=False, signed_by__isnull=False),
                name="procedure_signed_says_when_and_by_whom",
            ),
            models.UniqueConstraint(
                fields=["appointment"],
                condition=~Q(status="entered-in-error"),
                name="one_standing_record_per_visit",
                violation_error_message=_("This visit has a record already."),
            ),
            models.CheckConstraint(
                condition=Q(weight_kg=None, weight_on=None) | Q(weight_kg__range=(20, 250), weight_on__isnull=False),
                name="procedure_weight_20_to_250_kg",
            ),
            models.CheckConstraint(
                condition=Q(dosing_weight_kg=None) | Q(dosing_weight_kg__range=(20, 250)),
                name="procedure_dosing_weight_20_to_250_kg",
            ),
            models.CheckConstraint(condition=Q(dose_cut_percent__lte=50), name="procedure_dose_cut_at_most_half"),
        ]

    def __str__(self):
        return f"{self.definition} {self.performed_on}"

    def get_absolute_url(self):
        return reverse("practice-record", args=[self.appointment_id])

    @property
    def is_draft(self):
        return self.status == ProcedureStatus.DRAFT

    @property
    def is_signed(self):
        return self.status == ProcedureStatus.SIGNED

    @property
    def is_void(self):
        """Two people declared it wrong: it counts no more."""
        return self.status == ProcedureStatus.VOID

    @property
    def is_true_as_written(self):
        """It says what was done: signed, or void though two people say that it was injected as written."""
        return self.is_signed or (self.is_void and self.void_request.is_as_written)

    @property
    def has_lung_risk(self):
        return any(site.muscle.has_lung_risk for site in self.sites.all())

    @property
    def answers(self):
        """The physician's answers to the warnings, each with its question."""
        fields = [field for field in self._meta.fields if field.name.endswith("_reason")]
        reasons = [{"question": field.verbose_name, "words": getattr(self, field.name)} for field in fields]
        return [reason for reason in reasons if reason["words"]]

    def pain(self, moment):
        return next((score.score for score in self.pain_scores.all() if score.moment == moment), None)

    @property
    def pain_before(self):
        return self.pain(PainMoment.BEFORE)

    @property
    def pain_after(self):
        return self.pain(PainMoment.AFTER)


class PainMoment(models.TextChoices):
    BEFORE = "before", _("before")
    AFTER = "after", _("10 minutes after")


class PainScore(models.Model):
    """Pain from 0 (none) to 10 (the worst you can think of)."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="pain_scores")
    moment = models.CharField(max_length=10, choices=PainMoment)
    score = models.PositiveSmallIntegerField(validators=[MaxValueValidator(10)])

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "moment"], name="one_pain_score_per_moment"),
            models.CheckConstraint(condition=Q(score__lte=10), name="pain_score_0_to_10"),
        ]

    def __str__(self):
        return f"{self.get_moment_display()}: {self.score}"


class ComplicationKind(models.TextChoices):
    FAINT = "faint", _("faint")
    BLEEDING = "bleeding", _("bleeding")
    HEMATOMA = "hematoma", _("hematoma")
    NERVE = "nerve", _("shooting pain or numbness of a nerve")
    BREATHING = "breathing", _("pain or trouble with breathing")
    ALLERGY = "allergy", _("allergic reaction")
    TOXICITY = "toxicity", _("local anaesthetic toxicity")
    NEEDLE = "needle", _("needle broken or missing")
    OTHER = "other", _("something else")


class Complication(models.Model):
    """What went wrong while the patient was still here (HL7 FHIR R4 AdverseEvent)."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="complications")
    kind = models.CharField(_("what happened"), max_length=20, choices=ComplicationKind)
    what_was_done = models.CharField(_("what was done"), max_length=500)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ComplicationKind.values), name="complication_kind_is_known"),
            models.CheckConstraint(condition=~Q(what_was_done=""), name="complication_says_what_was_done"),
        ]

    def __str__(self):
        return self.get_kind_display()


class TypedRecord(models.Model):
    """A physician's unsaved input in one window, unchecked, so that nothing is lost. Deleted once signed.

    `page` names the rendering of the page that it was typed in, and `turn` counts what that page has sent.
    """

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="typed_records")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    page = models.CharField(max_length=20, blank=True, db_default="")
    turn = models.PositiveIntegerField(db_default=0)
    data = models.JSONField()
    seen = models.CharField(max_length=64, blank=True)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-saved_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["appointment", "by", "page"], name="typed_record_once_per_window")
        ]

    def __str__(self):
        return f"{self.by}, {self.saved_at:%Y-%m-%d %H:%M}"


class Addendum(models.Model):
    """A note added to a signed record, by whom and when. Never changed."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="addenda")
    text = models.TextField(_("note"), max_length=4000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="addendum_says_something")]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.by}"
