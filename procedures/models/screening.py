"""What patients report before a visit: the safety questions, and where and how it hurts."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models import AlertKind, Appointment, Patient, PatientChange, PatientsRowsQuerySet, Sex
from clinic.models.health import ANSWERS_VALID_FOR
from procedures.models.anatomy import BodyArea


class Answer(models.TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("I do not know")


class AllergyList(models.TextChoices):
    """What an answer may name of the catalogue, so that an allergy is held against what is injected."""

    ANAESTHETICS = "anaesthetics", _("numbing medicines")
    OTHERS = "others", _("steroids, additives, and what touches the skin")


class ScreeningQuestionQuerySet(models.QuerySet):
    def asked(self):
        return self.filter(is_active=True)

    def asked_of(self, patient):
        """Without those that do not apply to the patient's sex; while nobody knows it, all."""
        return self.asked().exclude(not_asked_of=patient.sex) if patient.sex else self.asked()

    def kinds_by_patient(self, patient):
        """Two sets of dangers: those the clinic asks this patient about, and those it asks others only, by sex."""
        kinds = list(self.asked().exclude(alert_kind="").values_list("alert_kind", "not_asked_of"))
        asked = {kind for kind, not_of in kinds if not patient.sex or not_of != patient.sex}
        return asked, {kind for kind, _not_of in kinds} - asked


class ScreeningQuestion(models.Model):
    """One safety question before an injection. A physician reviews an amber answer; it refuses nobody."""

    slug = models.SlugField(primary_key=True, max_length=40)
    text = models.CharField(_("question"), max_length=300)
    help_text = models.CharField(_("help"), max_length=300, blank=True)
    amber_answer = models.CharField(
        _("answer that is amber"), max_length=10, choices=[(Answer.YES, _("Yes")), (Answer.NO, _("No"))]
    )
    ask_more = models.CharField(_("what to ask when it is amber"), max_length=200, blank=True)
    alert_kind = models.CharField(_("warning it sets"), max_length=20, choices=AlertKind, blank=True)
    allergy_list = models.CharField(
        _("allergies it lists"), max_length=15, choices=AllergyList, blank=True, default="", db_default=""
    )
    for_physician = models.CharField(_("what it means, for the physician"), max_length=400, blank=True)
    source = models.CharField(_("source"), max_length=400, blank=True)
    not_asked_of = models.CharField(_("not asked of"), max_length=10, choices=Sex, blank=True, default="")
    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)
    is_active = models.BooleanField(_("asked"), default=True)

    objects = ScreeningQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "slug"]

    def __str__(self):
        return self.text


class ScreeningOutcome(models.TextChoices):
    GREEN = "green", _("nothing to look at")
    AMBER = "amber", _("a physician looks at it")


class ScreeningQuerySet(PatientsRowsQuerySet):
    """Clinicians and the desk see everybody's answers; a patient those of the people they may act for."""

    seen_with = "procedures.view_screening"

    def valid(self, *, at):
        """All questions were answered, not too long ago, and for the right sex of the patient: some depend on it."""
        same = {"patient": OuterRef("patient"), "field": "sex", "at__gt": OuterRef("answered_at")}
        was_corrected = Exists(PatientChange.objects.filter(**same).exclude(before=""))
        return self.filter(~was_corrected, is_complete=True, answered_at__gt=at - ANSWERS_VALID_FOR)


class Screening(models.Model):
    """The answers of one day (HL7 FHIR R4 QuestionnaireResponse). Valid for 30 days if complete, never changed."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="screenings")
    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True, blank=True, related_name="screenings")
    outcome = models.CharField(_("outcome"), max_length=10, choices=ScreeningOutcome)
    is_complete = models.BooleanField(default=True, db_default=True)  # no: amber answers came with others left out
    answered_at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(_("looked at"), null=True, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    review_note = models.CharField(_("what the physician decided"), max_length=500, blank=True)

    objects = ScreeningQuerySet.as_manager()

    class Meta:
        ordering = ["-answered_at", "-pk"]
        indexes = [models.Index(fields=["patient", "-answered_at"], name="screening_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by=None, review_note="")
                | (Q(reviewed_at__isnull=False, reviewed_by__isnull=False) & ~Q(review_note="")),
                name="screening_reviewed_says_by_whom_and_what",
            )
        ]

    def __str__(self):
        return f"{self.answered_at:%Y-%m-%d} {self.get_outcome_display()}"

    @property
    def needs_review(self):
        return self.outcome == ScreeningOutcome.AMBER and self.reviewed_at is None


class ScreeningAnswer(models.Model):
    screening = models.ForeignKey(Screening, models.PROTECT, related_name="answers")
    question = models.ForeignKey(ScreeningQuestion, models.PROTECT)
    answer = models.CharField(_("answer"), max_length=10, choices=Answer)
    detail = models.CharField(_("more about it"), max_length=300, blank=True)
    is_amber = models.BooleanField(_("amber"))

    class Meta:
        ordering = ["question__position"]
        constraints = [
            models.UniqueConstraint(fields=["screening", "question"], name="one_answer_per_question"),
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="screening_answer_is_known"),
            models.CheckConstraint(
                condition=Q(is_amber=True) | ~Q(answer=Answer.UNKNOWN), name="unknown_answer_is_amber"
            ),
        ]

    def __str__(self):
        return f"{self.question_id}: {self.answer}"


class PainQuality(models.TextChoices):
    DULL = "dull", _("dull ache")
    DEEP = "deep", _("deep pain")
    SHARP = "sharp", _("sharp or stabbing")
    BURNING = "burning", _("burning")
    TINGLING = "tingling", _("tingling")
    TIGHT = "tight", _("tight, like a rope")
    THROBBING = "throbbing", _("throbbing")


class PainTrigger(models.TextChoices):
    TENSION = "tension", _("tensing the muscle")
    STRESS = "stress", _("stress")
    SITTING = "sitting", _("sitting for long")
    LIFTING = "lifting", _("lifting or carrying")
    MOVING = "moving", _("moving")
    COLD = "cold", _("cold")
    NIGHT = "night", _("lying at night")


class PainCause(models.TextChoices):
    """The eight causes that the clinic names."""

    POSTURE = "posture", _("bad posture")
    STRESS = "stress", _("stress again and again")
    JOINT = "joint", _("a joint that does not work well")
    SLEEP = "sleep", _("too little sleep")
    VITAMINS = "vitamins", _("too few vitamins")
    OVERLOAD = "overload", _("too much work for the muscle")
    TRAUMA = "trauma", _("a bad injury")
    SMALL_INJURIES = "small-injuries", _("small injuries that were not treated")


class PainReportQuerySet(PatientsRowsQuerySet):
    seen_with = "procedures.view_painreport"


class PainReport(models.Model):
    """Where and how it hurts, as the patient marked it. Never changed, only replaced by a newer report."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="pain_reports")
    areas = models.ManyToManyField(BodyArea, verbose_name=_("where it hurts"))
    score = models.PositiveSmallIntegerField(_("pain from 0 to 10"), validators=[MaxValueValidator(10)])
    qualities = models.JSONField(_("how it feels"), default=list, blank=True)
    triggers = models.JSONField(_("what makes it worse"), default=list, blank=True)
    causes = models.JSONField(_("what it may come from"), default=list, blank=True)
    own_words = models.CharField(_("in your own words"), max_length=500, blank=True)
    told_at = models.DateTimeField(default=timezone.now)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)

    objects = PainReportQuerySet.as_manager()

    class Meta:
        ordering = ["-told_at", "-pk"]
        indexes = [models.Index(fields=["patient", "-told_at"], name="pain_report_newest")]
        constraints = [models.CheckConstraint(condition=Q(score__lte=10), name="pain_report_0_to_10")]

    def __str__(self):
        return f"{self.told_at:%Y-%m-%d}: {self.score}"
