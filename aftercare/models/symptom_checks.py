"""Asking patients how they are in the days after, and what they answer."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftercare.models.plans import CarePlan
from aftercare.models.protocols import Asks
from clinic.models import Patient, PatientsRowsQuerySet


class CareCheck(models.Model):
    """A moment at which a running plan asks the patient. Its link is valid until `open_until`."""

    care_plan = models.ForeignKey(CarePlan, models.PROTECT, related_name="checks")
    asks = models.CharField(max_length=20, choices=Asks)
    moment = models.CharField(max_length=10)  # "+48h", "+3d": the occasion of its message
    due_at = models.DateTimeField()
    open_until = models.DateTimeField()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["care_plan", "asks", "moment"], name="care_check_once"),
            models.CheckConstraint(condition=Q(open_until__gt=models.F("due_at")), name="care_check_has_a_length"),
            models.CheckConstraint(condition=Q(asks__in=Asks.values), name="care_check_asks_what_is_known"),
        ]

    def __str__(self):
        return f"{self.get_asks_display()} {self.moment}"

    def is_open(self, *, at):
        return self.due_at <= at < self.open_until


class SymptomLevel(models.TextChoices):
    GREEN = "green", _("nothing to worry about")
    AMBER = "amber", _("the clinic calls")
    RED = "red", _("get help now")


class SymptomQuestion(models.Model):
    """One symptom that may follow an injection: what to ask, and which answer means what. Edited by the manager."""

    slug = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(_("symptom"), max_length=60)
    question = models.CharField(_("question"), max_length=200)
    green_words = models.CharField(_("answer when all is well"), max_length=150)
    amber_words = models.CharField(_("answer that asks the clinic to call"), max_length=150, blank=True)
    red_words = models.CharField(_("answer that means: get help now"), max_length=150, blank=True)
    green_advice = models.CharField(_("advice when all is well"), max_length=300, blank=True)
    amber_advice = models.CharField(_("advice until the clinic calls"), max_length=300, blank=True)
    red_advice = models.CharField(_("advice for now"), max_length=300, blank=True)
    only_near_lung = models.BooleanField(_("only after a needle near the lung"), default=False)
    source = models.CharField(_("source"), max_length=400, blank=True)
    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)
    is_active = models.BooleanField(_("asked"), default=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(amber_words="") | ~Q(red_words=""), name="symptom_question_has_an_answer_that_matters"
            )
        ]

    def __str__(self):
        return self.name


class SymptomCheckQuerySet(PatientsRowsQuerySet):
    """Clinicians and the desk see everybody's; a patient those of whom they may act for."""

    seen_with = "aftercare.view_symptomcheck"

    def to_follow_up(self):
        return self.exclude(outcome=SymptomLevel.GREEN).filter(followed_up_at=None)


class SymptomCheck(models.Model):
    """What a patient reports in the days after (HL7 FHIR R4 QuestionnaireResponse). Never changed."""

    care_plan = models.ForeignKey(CarePlan, models.PROTECT, related_name="symptom_checks")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="symptom_checks")
    care_check = models.OneToOneField(
        CareCheck, models.PROTECT, null=True, blank=True, related_name="symptom_check"
    )  # None: reported without being asked
    adds_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="additions"
    )  # the answers to which these were added later
    outcome = models.CharField(_("outcome"), max_length=10, choices=SymptomLevel)
    own_words = models.CharField(_("in your own words"), max_length=500, blank=True)
    answered_at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )  # None: by the link of a message
    request_token = models.CharField(max_length=64, unique=True, null=True, blank=True)
    followed_up_at = models.DateTimeField(null=True, blank=True)
    followed_up_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    follow_up_note = models.CharField(_("what was said and done"), max_length=500, blank=True)

    objects = SymptomCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-answered_at", "-pk"]
        indexes = [models.Index(fields=["patient", "-answered_at"], name="symptom_check_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=SymptomLevel.values), name="symptom_check_outcome_is_known"),
            models.CheckConstraint(
                condition=Q(followed_up_at=None, followed_up_by=None, follow_up_note="")
                | (Q(followed_up_at__isnull=False, followed_up_by__isnull=False) & ~Q(follow_up_note="")),
                name="symptom_check_followed_up_says_by_whom",
            ),
        ]

    def __str__(self):
        return f"{self.answered_at:%Y-%m-%d} {self.get_outcome_display()}"

    @property
    def is_red(self):
        return self.outcome == SymptomLevel.RED

    @property
    def is_amber(self):
        return self.outcome == SymptomLevel.AMBER

    @property
    def is_green(self):
        return self.outcome == SymptomLevel.GREEN

    @property
    def words_that_worry(self):
        """What was answered that is of the outcome's level, and the own words."""
        words = [answer.words for answer in self.answers.all() if answer.level == self.outcome]
        return [*words, self.own_words] if self.own_words else words

    @property
    def needs_follow_up(self):
        return self.outcome != SymptomLevel.GREEN and self.followed_up_at is None


class SymptomAnswer(models.Model):
    """One question that was asked. Without a level it was not answered, which is never read as "no"."""

    check_made = models.ForeignKey(SymptomCheck, models.PROTECT, related_name="answers")
    question = models.ForeignKey(SymptomQuestion, models.PROTECT, related_name="+")
    level = models.CharField(max_length=10, choices=SymptomLevel, blank=True)  # "": asked, and not answered
    words = models.CharField(max_length=150, blank=True)  # as the patient read them

    class Meta:
        ordering = ["question__position"]
        constraints = [
            models.UniqueConstraint(fields=["check_made", "question"], name="one_answer_per_symptom"),
            models.CheckConstraint(condition=Q(level__in=[*SymptomLevel.values, ""]), name="symptom_level_is_known"),
            models.CheckConstraint(condition=~Q(level="") | Q(words=""), name="unanswered_symptom_has_no_words"),
        ]

    def __str__(self):
        return f"{self.question_id}: {self.words}"

    @property
    def is_red(self):
        return self.level == SymptomLevel.RED

    @property
    def is_amber(self):
        return self.level == SymptomLevel.AMBER

    @property
    def is_green(self):
        return self.level == SymptomLevel.GREEN

    @property
    def is_unanswered(self):
        return self.level == ""
