"""The numbers on packs of medicines, by which a scanner knows the product."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from procedures.models.drugs import Preparation


class PackCodeQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(ended_at=None)

    def unconfirmed(self):
        return self.standing().filter(confirmed_at=None)


class PackCode(models.Model):
    """Says which product is in the packs with one GTIN. Somebody names it, somebody else confirms it, or ends it.

    A GTIN is stored with 14 digits, as it stands in the GS1 code of the pack. What has ended stays, to be read later.
    """

    gtin = models.CharField(_("number of the pack (GTIN)"), max_length=14)
    preparation = models.ForeignKey(Preparation, models.PROTECT, related_name="pack_codes", verbose_name=_("product"))
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    named_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PackCodeQuerySet.as_manager()

    class Meta:
        ordering = ["gtin", "-named_at"]
        default_permissions = ()
        permissions = [("confirm_packcode", "Can say which product a pack is, and confirm it")]
        constraints = [
            models.UniqueConstraint(fields=["gtin"], condition=Q(ended_at=None), name="one_product_for_a_pack"),
            models.CheckConstraint(condition=~Q(gtin=""), name="pack_code_has_a_number"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | (Q(confirmed_at__isnull=False, confirmed_by__isnull=False) & ~Q(confirmed_by=F("named_by"))),
                name="pack_code_confirmed_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None, ended_at=None) | Q(ended_by__isnull=False, ended_at__isnull=False),
                name="pack_code_ended_says_when_and_by_whom",
            ),
        ]

    def __str__(self):
        return f"{self.gtin}: {self.preparation}"

    @property
    def is_confirmed(self):
        return self.confirmed_at is not None
