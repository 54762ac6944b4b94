from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DrugKind(models.TextChoices):
    LOCAL_ANAESTHETIC = "local-anaesthetic", _("local anaesthetic")
    STEROID = "steroid", _("steroid")
    OTHER = "other", _("other")


class Drug(models.Model):
    """An active substance."""

    slug = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=20, choices=DrugKind)
    remark = models.CharField(_("remark for clinicians"), max_length=300, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class Preparation(models.Model):
    """A product on the shelf: a drug in one strength. Percent x 10 = mg per mL."""

    slug = models.SlugField(primary_key=True, max_length=20)
    drug = models.ForeignKey(Drug, models.PROTECT, related_name="preparations")
    name = models.CharField(_("name"), max_length=100)
    mg_per_ml = models.DecimalField(
        _("mg in 1 mL"), max_digits=7, decimal_places=3, null=True, blank=True, help_text=_("Empty for saline.")
    )
    has_adrenaline = models.BooleanField(_("with adrenaline"), default=False)
    containers = models.CharField(_("containers"), max_length=150, blank=True)
    additives = models.CharField(_("additives"), max_length=150, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    is_active = models.BooleanField(_("on the shelf"), default=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(mg_per_ml=None) | Q(mg_per_ml__gt=0), name="preparation_strength_is_positive"
            )
        ]

    def __str__(self):
        return self.name
