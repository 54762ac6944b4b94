"""What the physician intends to do: what consent is asked for and what the record is compared with."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models import Appointment, Patient, PatientsRowsQuerySet
from procedures.models.anatomy import Muscle, NamesItsMuscle, Side
from procedures.models.catalogue import Guidance, ProcedureDefinition


class ProcedurePlanQuerySet(PatientsRowsQuerySet):
    """Everybody who may see consents may see what they are about."""

    seen_with = "procedures.view_consent"


class ProcedurePlan(models.Model):
    """The plan of one visit: what the patient is asked to agree to, and what the record is compared with."""

    appointment = models.OneToOneField(Appointment, models.PROTECT, related_name="procedure_plan")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="procedure_plans")
    definition = models.ForeignKey(ProcedureDefinition, models.PROTECT, verbose_name=_("procedure"))
    guidance = models.CharField(_("guidance"), max_length=10, choices=Guidance)
    guidance_reason = models.CharField(_("why with or without ultrasound"), max_length=300)
    with_steroid = models.BooleanField(_("with a steroid"), default=False)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(default=timezone.now)

    objects = ProcedurePlanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(guidance__in=Guidance.values), name="plan_says_its_guidance"),
            models.CheckConstraint(condition=~Q(guidance_reason=""), name="plan_says_why_this_guidance"),
        ]

    def __str__(self):
        return f"{self.definition} {self.planned_at:%Y-%m-%d}"


class PlannedSite(NamesItsMuscle, models.Model):
    plan = models.ForeignKey(ProcedurePlan, models.CASCADE, related_name="sites")
    muscle = models.ForeignKey(Muscle, models.PROTECT, verbose_name=_("muscle"))
    which_muscle = models.CharField(_("which muscle"), max_length=100, blank=True, default="", db_default="")
    side = models.CharField(_("side"), max_length=6, choices=Side)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "muscle", "which_muscle", "side"], name="planned_site_once"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="planned_site_has_a_side"),
        ]

    def __str__(self):
        return f"{self.plain_muscle}, {self.get_side_display()}"


class SiteSet(models.Model):
    """Sites that are often treated together, to be added with one tap and then edited."""

    slug = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(_("name"), max_length=100)
    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self):
        return self.name


class SiteSetItem(models.Model):
    site_set = models.ForeignKey(SiteSet, models.CASCADE, related_name="items")
    muscle = models.ForeignKey(Muscle, models.PROTECT)
    side = models.CharField(_("side"), max_length=6, choices=Side)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["site_set", "muscle", "side"], name="site_set_item_once")]

    def __str__(self):
        return f"{self.muscle.name}, {self.get_side_display()}"
