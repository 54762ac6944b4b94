from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from procedures.models import ProcedureDefinition


class AftercareProtocolQuerySet(models.QuerySet):
    def for_definition(self, definition):
        """The protocol in force for this procedure: its own where it has one, else the general one. Newest first."""
        candidates = self.filter(Q(definition=definition) | Q(definition=None), is_current=True)
        return candidates.order_by(models.F("definition").asc(nulls_last=True), "-version").first()


class AftercareProtocol(models.Model):
    """What patients must and must not do afterwards, for how long. A running plan keeps the version it began with."""

    name = models.CharField(_("name"), max_length=100)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    definition = models.ForeignKey(
        ProcedureDefinition,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("only for this procedure"),
    )
    lifting_hours = models.PositiveSmallIntegerField(
        _("hours without heavy lifting"), default=48, validators=[MinValueValidator(24), MaxValueValidator(48)]
    )
    physiotherapy_days = models.PositiveSmallIntegerField(
        _("days within which to see a physiotherapist"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    source = models.CharField(_("source"), max_length=300, blank=True)
    is_current = models.BooleanField(_("in force"), default=True)

    objects = AftercareProtocolQuerySet.as_manager()

    class Meta:
        ordering = ["name", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="protocol_version_once"),
            models.CheckConstraint(condition=Q(lifting_hours__range=(24, 48)), name="protocol_lifting_24_to_48_hours"),
            models.CheckConstraint(condition=Q(physiotherapy_days__gte=1), name="protocol_physiotherapy_after_a_day"),
        ]

    def __str__(self):
        return f"{self.name} v{self.version}"
