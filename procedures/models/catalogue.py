from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clinic.models import VisitType


class Guidance(models.TextChoices):
    LANDMARK = "landmark", _("by touch, without ultrasound")
    ULTRASOUND = "ultrasound", _("with ultrasound")


class ProcedureDefinition(models.Model):
    """A procedure that the clinic offers, as its public page tells it."""

    slug = models.SlugField(_("address"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    guidance = models.CharField(_("how the spot is found"), max_length=10, choices=Guidance)
    visit_type = models.ForeignKey(VisitType, models.PROTECT, related_name="procedure_definitions")
    summary = models.TextField(_("what it is"))
    steps = models.TextField(_("step by step"), help_text=_("One step on each line."))
    good_when = models.TextField(_("when it fits"))
    what_you_may_feel = models.TextField(_("what you may feel"))
    reviewed_on = models.DateField(_("last clinical review"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)
    is_active = models.BooleanField(_("on offer"), default=True)
    claims = models.JSONField(_("numbers of the clinic's own statements said here"), default=list, blank=True)

    class Meta:
        ordering = ["position"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("procedure", args=[self.slug])

    @property
    def step_list(self):
        return [line for line in self.steps.splitlines() if line.strip()]
