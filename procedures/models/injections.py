"""What was injected in a procedure: where a needle went in, and what was given with it."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.lib.as_it_was import AsItWasForeignKey, sealed_words
from procedures.models.anatomy import BodyArea, Muscle, NamesItsMuscle, Side
from procedures.models.catalogue import Guidance
from procedures.models.drugs import Preparation
from procedures.models.records import Procedure


class Twitch(models.TextChoices):
    SEEN = "seen", _("twitch seen")
    NONE = "none", _("no twitch")
    NOT_SOUGHT = "not-sought", _("not looked for")


class InjectionSite(NamesItsMuscle, models.Model):
    """One place where a needle went in. What `sealed` names is kept in columns of its own when the record is signed."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="sites")
    muscle = AsItWasForeignKey(
        Muscle,
        models.PROTECT,
        verbose_name=_("muscle"),
        sealed={
            "name": "muscle_name",
            "latin": "muscle_latin",
            "region.key": "region_key",
            "region.name": "region_name",
        },
    )
    # Of a muscle that is not in the list: which one it was.
    which_muscle = models.CharField(_("which muscle"), max_length=100, blank=True, default="", db_default="")
    side = models.CharField(_("side"), max_length=6, choices=Side)
    guidance = models.CharField(_("guidance"), max_length=10, choices=Guidance)
    no_ultrasound_reason = models.CharField(_("why without ultrasound near the lung"), max_length=300, blank=True)
    needle_gauge = models.PositiveSmallIntegerField(
        _("needle gauge (G)"), validators=[MinValueValidator(18), MaxValueValidator(34)]
    )
    needle_length_mm = models.PositiveSmallIntegerField(
        _("needle length (mm)"), validators=[MinValueValidator(10), MaxValueValidator(120)]
    )
    depth_mm = models.PositiveSmallIntegerField(
        _("depth (mm)"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    twitch = models.CharField(_("twitch"), max_length=10, choices=Twitch, blank=True)
    pain_felt = AsItWasForeignKey(
        BodyArea,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("where the pain was felt"),
        sealed={"name": "pain_felt_name"},
    )
    # "Stop before you inject": side and spot were said aloud and the patient agreed.
    is_confirmed = models.BooleanField(_("side and spot confirmed with the patient"), default=False)
    muscle_name = sealed_words(60)
    muscle_latin = sealed_words(100)
    region_key = sealed_words(20)
    region_name = sealed_words(60)
    pain_felt_name = sealed_words(60)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(side__in=Side.values), name="injection_site_has_a_side"),
            models.CheckConstraint(condition=Q(guidance__in=Guidance.values), name="injection_site_says_its_guidance"),
            models.CheckConstraint(condition=Q(needle_gauge__range=(18, 34)), name="injection_site_needle_gauge"),
            models.CheckConstraint(condition=Q(needle_length_mm__range=(10, 120)), name="injection_site_needle_length"),
            models.CheckConstraint(
                condition=Q(depth_mm=None) | Q(depth_mm__range=(1, 120)), name="injection_site_depth_is_possible"
            ),
            models.CheckConstraint(
                condition=Q(depth_mm=None) | Q(depth_mm__lte=F("needle_length_mm")),
                name="injection_site_needle_reaches_the_depth",
            ),
        ]

    def __str__(self):
        return f"{self.plain_muscle}, {self.get_side_display()}"

    @property
    def is_left(self):
        return self.side == Side.LEFT

    @property
    def is_right(self):
        return self.side == Side.RIGHT

    @property
    def was_no_twitch_sought(self):
        return self.twitch == Twitch.NOT_SOUGHT


class DrugAdministrationQuerySet(models.QuerySet):
    def of_kind(self, kind):
        """Drugs of a DrugKind: of a signed record as it was then, of a draft as it is today."""
        return self.filter(self.is_of_kind(kind))

    def is_of_kind(self, kind, *, via=""):
        """The condition of `of_kind` for a query of another model that reaches the drugs `via` "drugs__"."""
        return Q(**{f"{via}drug_kind": kind}) | Q(**{f"{via}drug_kind": "", f"{via}preparation__drug__kind": kind})


class DrugAdministration(models.Model):
    """One drug given in a visit (HL7 FHIR R4 MedicationAdministration). The mg are computed, never typed.

    Without a `site` its volume was shared over all sites of the record. What the product was is kept in columns of its
    own when the record is signed, and so are the mg: `mg_given`.
    """

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="drugs")
    site = models.ForeignKey(
        InjectionSite, models.PROTECT, null=True, blank=True, related_name="drugs", verbose_name=_("site")
    )
    preparation = AsItWasForeignKey(
        Preparation,
        models.PROTECT,
        verbose_name=_("product"),
        sealed={
            "name": "product_name",
            "mg_per_ml": "mg_per_ml",
            "has_adrenaline": "has_adrenaline",
            "additives": "additives",
            "drug.slug": "drug_slug",
            "drug.name": "drug_name",
            "drug.kind": "drug_kind",
        },
    )
    volume_ml = models.DecimalField(
        _("volume (mL)"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal("100"))],
    )
    lot = models.CharField(_("lot number"), max_length=40)
    expires_on = models.DateField(_("use before"))
    # The number of the pack, where it was scanned: together with the lot it says exactly what was given.
    gtin = models.CharField(_("number of the pack (GTIN)"), max_length=14, blank=True, db_default="")
    given_on = models.DateField()
    product_name = sealed_words(100)
    mg_per_ml = models.DecimalField(max_digits=7, decimal_places=3, null=True, editable=False)
    has_adrenaline = models.BooleanField(null=True, editable=False)
    additives = sealed_words(150)
    drug_slug = sealed_words(40)
    drug_name = sealed_words(80)
    drug_kind = sealed_words(20)
    mg_given = models.DecimalField(max_digits=12, decimal_places=5, null=True, editable=False)

    objects = DrugAdministrationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["lot"]), models.Index(fields=["gtin"])]
        permissions = [("recall_lot", "Can find every patient who was given a lot")]
        constraints = [
            models.CheckConstraint(condition=~Q(lot=""), name="drug_has_a_lot"),
            models.CheckConstraint(condition=Q(expires_on__gte=F("given_on")), name="drug_had_not_expired"),
            models.CheckConstraint(condition=Q(volume_ml__gt=0, volume_ml__lte=100), name="drug_volume_is_possible"),
        ]

    def __str__(self):
        return f"{self.preparation} {self.volume_ml} mL"

    @property
    def mg(self):
        """Milligrams of active substance, or None where the product has no strength (saline)."""
        strength = self.preparation.mg_per_ml
        return None if strength is None else (self.volume_ml * strength).normalize()
