from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.lib.as_it_was import AsItWasForeignKey


class DrugKind(models.TextChoices):
    LOCAL_ANAESTHETIC = "local-anaesthetic", _("local anaesthetic")
    STEROID = "steroid", _("steroid")
    OTHER = "other", _("other")


def names_of(substance):
    """All names of a drug or an ingredient, in lower case."""
    return [name.strip().lower() for name in [substance.name, *substance.also_called.split(",")] if name.strip()]


class DrugFamily(models.TextChoices):
    """Families of local anaesthetics: an allergy to one drug of a family warns of the others, as labels do.

    Amides: UK lidocaine 2 % SmPC 4.3, https://imedi.co.uk/lidocaine-hydrochloride-injection-2-w-v/summary . Esters:
    StatPearls, https://www.ncbi.nlm.nih.gov/books/NBK430894/ (by search excerpt).
    """

    AMIDE = "amide", _("amide")
    ESTER = "ester", _("ester")


class Drug(models.Model):
    """An active substance."""

    slug = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(_("name"), max_length=80)
    also_called = models.CharField(
        _("also called"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("Names that patients use, with commas between: an allergy is found by them."),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=DrugKind)
    family = models.CharField(
        _("family"),
        max_length=10,
        choices=DrugFamily,
        blank=True,
        default="",
        db_default="",
        help_text=_("Of a local anaesthetic: an allergy to one of a family warns of all."),
    )
    remark = models.CharField(_("remark for clinicians"), max_length=300, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def names(self):
        return names_of(self)


class IngredientKind(models.TextChoices):
    ACTIVE = "active", _("active substance")
    PRESERVATIVE = "preservative", _("preservative")
    ANTIOXIDANT = "antioxidant", _("antioxidant")
    VASOCONSTRICTOR = "vasoconstrictor", _("vasoconstrictor")
    CONTACT = "contact", _("touches the skin: gloves, plaster, disinfectant")
    OTHER = "other", _("other")


class Ingredient(models.Model):
    """What a product contains beside its drug, or what touches the skin: patients may be allergic to it."""

    slug = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(_("name"), max_length=80, unique=True)
    also_called = models.CharField(
        _("also called"), max_length=200, blank=True, help_text=_("Names on labels, with commas between.")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=IngredientKind)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=IngredientKind.values), name="ingredient_kind_is_known")
        ]

    def __str__(self):
        return self.name

    @property
    def names(self):
        return names_of(self)


class Preparation(models.Model):
    """A product on the shelf: a drug in one strength. Percent x 10 = mg per mL."""

    slug = models.SlugField(primary_key=True, max_length=20)
    drug = AsItWasForeignKey(Drug, models.PROTECT, related_name="preparations")
    name = models.CharField(_("name"), max_length=100)
    mg_per_ml = models.DecimalField(
        _("mg in 1 mL"), max_digits=7, decimal_places=3, null=True, blank=True, help_text=_("Empty for saline.")
    )
    has_adrenaline = models.BooleanField(_("with adrenaline"), default=False)
    containers = models.CharField(_("containers"), max_length=150, blank=True)
    additives = models.CharField(_("additives"), max_length=150, blank=True)
    usual_ml = models.DecimalField(
        _("usual volume at one site (mL)"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Five times as much, or a twentieth, is asked about. Empty: 2 mL."),
    )
    ingredients = models.ManyToManyField(
        Ingredient, related_name="preparations", blank=True, verbose_name=_("contains beside the drug")
    )
    source = models.CharField(_("source"), max_length=300, blank=True)
    is_active = models.BooleanField(_("on the shelf"), default=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(mg_per_ml=None) | Q(mg_per_ml__gt=0), name="preparation_strength_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(usual_ml=None) | Q(usual_ml__gt=0, usual_ml__lte=20), name="preparation_usual_volume"
            ),
            models.CheckConstraint(
                condition=Q(is_active=False)
                | Q(has_adrenaline=True)
                | Q(name__icontains="without")
                | (~Q(name__icontains="adrenalin") & ~Q(name__icontains="epinephrin")),
                name="preparation_that_names_adrenaline_has_it",
                violation_error_message=_("The name says adrenaline. Tick it, or correct the name."),
            ),
        ]

    def __str__(self):
        return self.name


class DoseProfile(models.Model):
    """One of the sets of limits that sources give. The stricter is the default."""

    slug = models.SlugField(primary_key=True, max_length=20)
    name = models.CharField(_("name"), max_length=100)
    built_from = models.CharField(_("built from"), max_length=300)
    is_default = models.BooleanField(_("used unless another is chosen"), default=False)
    kind = models.CharField(
        _("for"),
        max_length=20,
        choices=DrugKind,
        default=DrugKind.LOCAL_ANAESTHETIC,
        db_default=DrugKind.LOCAL_ANAESTHETIC,
    )

    class Meta:
        ordering = ["-is_default", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="one_default_dose_profile"
            )
        ]

    def __str__(self):
        return self.name


class DosePeriod(models.TextChoices):
    """A limit of a steroid for more than one visit is in mg of triamcinolone, and of all steroids together."""

    PROCEDURE = "procedure", _("one procedure")
    DAY = "24h", _("24 hours")
    REGION = "12-weeks", _("12 weeks in one region")
    YEAR = "year", _("12 months")


class DoseLimitQuerySet(models.QuerySet):
    def in_force(self):
        """Signed by a physician and not replaced by a newer version that was signed."""
        return self.filter(signed_at__isnull=False, replaced_at=None)


class DoseLimit(models.Model):
    """The most of one drug that one person may get in a period, from one source; applies once a physician signed it.

    The limit is the smaller of `mg_per_kg` times the dosing weight and `max_mg`; either may be empty, not both.
    A signed row is never changed: a new version replaces it.
    """

    profile = models.ForeignKey(DoseProfile, models.PROTECT, related_name="limits", verbose_name=_("profile"))
    drug = models.ForeignKey(Drug, models.PROTECT, related_name="limits", verbose_name=_("drug"))
    with_adrenaline = models.BooleanField(_("with adrenaline"), default=False)
    period = models.CharField(_("for"), max_length=10, choices=DosePeriod, default=DosePeriod.PROCEDURE)
    mg_per_kg = models.DecimalField(_("mg per kg"), max_digits=6, decimal_places=2, null=True, blank=True)
    max_mg = models.DecimalField(_("mg at most"), max_digits=7, decimal_places=2, null=True, blank=True)
    source = models.CharField(_("source"), max_length=400)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    # Empty for those that came with the program, and for those from before proposers were kept.
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("proposed by"),
    )
    proposed_at = models.DateTimeField(_("proposed at"), null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("signed by")
    )
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)

    objects = DoseLimitQuerySet.as_manager()

    class Meta:
        ordering = ["profile", "drug", "with_adrenaline", "period", "-version"]
        permissions = [("sign_doselimit", "Can put dose limits in force")]
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "drug", "with_adrenaline", "period", "version"], name="dose_limit_version_once"
            ),
            models.UniqueConstraint(
                fields=["profile", "drug", "with_adrenaline", "period"],
                condition=Q(signed_at__isnull=False, replaced_at=None),
                name="one_dose_limit_in_force",
            ),
            models.CheckConstraint(
                condition=Q(mg_per_kg__gt=0) | Q(mg_per_kg=None, max_mg__gt=0), name="dose_limit_says_something"
            ),
            models.CheckConstraint(condition=Q(max_mg=None) | Q(max_mg__gt=0), name="dose_limit_cap_is_positive"),
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None) | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="dose_limit_signed_says_when_and_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by=None) | Q(signed_by=None) | ~Q(signed_by=F("proposed_by")),
                name="dose_limit_is_signed_by_another",
            ),
        ]

    def __str__(self):
        return f"{self.drug}, {self.get_period_display()}"

    @property
    def is_signed(self):
        return self.signed_at is not None

    @property
    def is_of_all_steroids(self):
        """For more than one visit, all steroids count together, in mg of triamcinolone."""
        return self.period in (DosePeriod.REGION, DosePeriod.YEAR)


class ClinicRule(models.Model):
    """A number the clinic has set for itself, with where it comes from: sessions a year, weeks between, steroids."""

    slug = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(_("name"), max_length=150)
    value = models.PositiveSmallIntegerField(_("value"))
    source = models.CharField(_("source"), max_length=400)

    class Meta:
        ordering = ["slug"]

    def __str__(self):
        return self.name
