import json
from dataclasses import dataclass
from itertools import zip_longest

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from clinic.lib.instants import JsonRows
from clinic.models import VisitType

# The drawings of templates/components/_figure_step.html.
PICTURES = "talk lie feel gel screen needle needle-seen more rest move".split()

ASKED = ("position", "question", "answer", "source")


class Guidance(models.TextChoices):
    LANDMARK = "landmark", _("by touch, without ultrasound")
    ULTRASOUND = "ultrasound", _("with ultrasound")


def written_lines(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


def are_pictures(text):
    """A validator: each line names one of the clinic's drawings."""
    if unknown := [name for name in written_lines(text) if name not in PICTURES]:
        sentence = _now("There is no drawing called “%(name)s”. There are: %(all)s.")
        raise ValidationError(sentence % {"name": unknown[0], "all": ", ".join(PICTURES)})


@dataclass(frozen=True)
class Answered:
    """A frequently asked question with its answer, as a page shows it."""

    question: str
    answer: str
    source: str


class ProcedureDefinitionQuerySet(models.QuerySet):
    def on_offer(self):
        return self.filter(is_active=True).select_related("visit_type")

    def for_its_page(self):
        """With what people ask about each, and the address of the first visit of a new patient: one query."""
        consultations = VisitType.objects.for_patients().filter(is_consultation=True).order_by("position", "name")
        asked = JsonRows(*(f"questions__{name}" for name in ("is_active", *ASKED)))
        told = self.on_offer().annotate(
            asked_as_text=asked, consultation_slug=models.Subquery(consultations.values("slug")[:1])
        )
        return told.order_by("position")  # repeated: an aggregating query loses the model's ordering


class ProcedureDefinition(models.Model):
    """A procedure that the clinic offers, as its public page describes it."""

    slug = models.SlugField(_("address"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    guidance = models.CharField(_("how the spot is found"), max_length=10, choices=Guidance)
    visit_type = models.ForeignKey(VisitType, models.PROTECT, related_name="procedure_definitions")
    uses_drugs = models.BooleanField(
        _("something is injected"),
        default=True,
        db_default=True,
        help_text=_("Not for dry needling: its record holds no drug, and its consent names none."),
    )
    summary = models.TextField(_("what it is"))
    steps = models.TextField(_("step by step"), help_text=_("One step on each line."))
    step_pictures = models.TextField(
        _("pictures of the steps"),
        blank=True,
        validators=[are_pictures],
        help_text=_("The name of a drawing on each line, in the order of the steps."),
    )
    good_when = models.TextField(_("when it fits"))
    what_you_may_feel = models.TextField(_("what you may feel"))
    sources = models.TextField(_("sources"), blank=True, help_text=_("One source on each line."))
    reviewed_on = models.DateField(_("last clinical review"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)
    is_active = models.BooleanField(_("on offer"), default=True)
    claims = models.JSONField(_("numbers of the clinic's own statements said here"), default=list, blank=True)

    objects = ProcedureDefinitionQuerySet.as_manager()

    class Meta:
        ordering = ["position"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("procedure", args=[self.slug])

    @property
    def step_list(self):
        return written_lines(self.steps)

    @property
    def is_guided(self):
        """The needle is watched with ultrasound."""
        return self.guidance == Guidance.ULTRASOUND

    @property
    def steps_with_pictures(self):
        """(text, name of the drawing or "") of each step."""
        pictures = written_lines(self.step_pictures)[: len(self.step_list)]
        return list(zip_longest(self.step_list, pictures, fillvalue=""))

    @property
    def source_list(self):
        return written_lines(self.sources)

    @property
    def asked(self):
        """What people ask about it, in order; only of rows that `for_its_page` fetched."""
        shown = sorted(row for is_active, *row in json.loads(self.asked_as_text) if is_active)
        return [Answered(question, answer, source) for _position, question, answer, source in shown]


class ProcedureQuestion(models.Model):
    """A question that people ask about procedures, and the clinic's answer in plain words."""

    question = models.CharField(_("question"), max_length=150)
    answer = models.TextField(_("answer"), help_text=_('Plain words. Lines that start with "- " make a list.'))
    source = models.CharField(_("source"), max_length=300, blank=True)
    definitions = models.ManyToManyField(
        ProcedureDefinition, related_name="questions", verbose_name=_("shown with these procedures")
    )
    position = models.PositiveSmallIntegerField(_("place on the page"), default=0)
    is_active = models.BooleanField(_("shown"), default=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self):
        return self.question
