"""Where it hurts and which muscle it comes from."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from clinic.lib.as_it_was import AsItWasForeignKey


class BodyRegion(models.Model):
    """One of the six parts of the body that the clinic treats. `key` is also the name of its shape in the picture."""

    SHAPES = ("head", "neck_spine", "chest", "lower_back", "shoulder_arm", "hip_leg")

    key = models.SlugField(_("key"), primary_key=True, max_length=20)
    name = models.CharField(_("name"), max_length=60)
    felt_like = models.TextField(_("what people feel there"))
    what_we_do = models.TextField(_("what we can do"))
    see_a_doctor_first = models.TextField(_("when to see a doctor first"))
    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)
    claims = models.JSONField(_("numbers of the clinic's own statements said here"), default=list, blank=True)

    class Meta:
        ordering = ["position"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("region", args=[self.key])

    @property
    def has_shape(self):
        return self.key in self.SHAPES


class LungRisk(models.TextChoices):
    """May a needle in this muscle reach the lung?"""

    NO = "no", _("no")
    UPPER = "upper", _("only in its upper or deep part")
    YES = "yes", _("yes")


class MuscleQuerySet(models.QuerySet):
    def for_patients(self):
        return self.filter(is_signed_off=True)


class Muscle(models.Model):
    """A muscle that may hold a trigger point, where its pain is felt, and what the needle must stay away from."""

    slug = models.SlugField(primary_key=True, max_length=30)
    name = models.CharField(_("plain name"), max_length=60)
    latin = models.CharField(_("Latin name"), max_length=100)
    region = AsItWasForeignKey(BodyRegion, models.PROTECT, related_name="muscles", verbose_name=_("region"))
    pain_felt = models.CharField(_("where the pain is felt, for patients"), max_length=200)
    pain_felt_clinical = models.CharField(_("where the pain is felt, for clinicians"), max_length=200)
    avoid = models.CharField(_("structures to avoid"), max_length=200)
    lung_risk = models.CharField(_("lung risk"), max_length=5, choices=LungRisk)
    has_middle = models.BooleanField(
        _("may be treated in the middle"),
        default=False,
        db_default=False,
        help_text=_("A muscle that there is twice has a left and a right and no middle."),
    )
    is_free_entry = models.BooleanField(
        _("stands for any muscle that is not in the list"),
        default=False,
        db_default=False,
        help_text=_("The record asks which muscle it was, and knows no depth for it."),
    )
    is_hard_to_press = models.BooleanField(
        _("deep, cannot be pressed"),
        default=False,
        db_default=False,
        help_text=_("Pressing cannot stop a bleeding there: it is asked about when the patient takes a thinner."),
    )
    source = models.CharField(_("source"), max_length=300)
    is_signed_off = models.BooleanField(
        _("shown to patients"), default=False, help_text=_("Only after a clinician has confirmed the row.")
    )

    objects = MuscleQuerySet.as_manager()

    class Meta:
        ordering = ["region__position", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(lung_risk__in=LungRisk.values), name="muscle_lung_risk_is_known")
        ]

    def __str__(self):
        return f"{self.name} ({self.latin})"

    @property
    def clinical_name(self):
        """As physicians write it: "Trapezius, pars descendens"."""
        return capfirst(self.latin.removeprefix("mm. ").removeprefix("m. "))

    @property
    def has_lung_risk(self):
        return self.lung_risk != LungRisk.NO

    def has_side(self, side):
        return side != Side.MIDDLE or self.has_middle


class NamesItsMuscle:
    """A site with a `muscle`, or in `which_muscle` the words for one that is not in the list."""

    @property
    def plain_muscle(self):
        return self.which_muscle or self.muscle.name

    @property
    def muscle_in_full(self):
        return f"{self.which_muscle} ({self.muscle.name})" if self.which_muscle else str(self.muscle)

    @property
    def clinical_muscle(self):
        return capfirst(self.which_muscle) or self.muscle.clinical_name


class BodyView(models.TextChoices):
    FRONT = "front", _("front")
    BACK = "back", _("back")
    HEAD = "head", _("head")


class Side(models.TextChoices):
    LEFT = "left", _("left")
    RIGHT = "right", _("right")
    MIDDLE = "middle", _("middle")


class BodyArea(models.Model):
    """A place on the body picture where pain can be marked: finer than a region, and it has a side.

    `shape` is the path of its outline in the picture's own units, as SVG writes it.
    """

    slug = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(_("name"), max_length=60)
    view = models.CharField(_("picture"), max_length=5, choices=BodyView)
    side = models.CharField(_("side"), max_length=6, choices=Side)
    region = models.ForeignKey(BodyRegion, models.PROTECT, related_name="areas", verbose_name=_("region"))
    shape = models.TextField(_("outline"))
    position = models.PositiveSmallIntegerField(_("place in lists"), default=0)

    class Meta:
        ordering = ["view", "position"]
        constraints = [
            models.CheckConstraint(condition=Q(view__in=BodyView.values), name="body_area_view_is_known"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="body_area_side_is_known"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """The page of its region, with this place marked."""
        return f"{reverse('region', args=[self.region_id])}?place={self.slug}"


class PainPattern(models.Model):
    """One muscle as the body picture shows it: where it is, and the places that its `pain_felt` names.

    Both sides of the body are listed; a picture draws one. The belly is not: its pain is for the family doctor.
    """

    muscle = models.OneToOneField(
        Muscle, models.CASCADE, primary_key=True, related_name="pain_pattern", verbose_name=_("muscle")
    )
    lies_in = models.ManyToManyField(BodyArea, related_name="+", verbose_name=_("where the muscle lies"))
    felt_in = models.ManyToManyField(BodyArea, related_name="+", verbose_name=_("where its pain is felt"))

    class Meta:
        ordering = ["muscle"]
        verbose_name = _("where a muscle's pain is felt")
        verbose_name_plural = _("where each muscle's pain is felt")

    def __str__(self):
        return str(self.muscle)
