from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from procedures.models.injections import InjectionSite
from procedures.models.records import Procedure


class UltrasoundImage(models.Model):
    """A picture of the ultrasound, re-encoded by us (HL7 FHIR R4 Media). The file is outside the web root."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="images")
    site = models.ForeignKey(InjectionSite, models.PROTECT, null=True, blank=True, related_name="images")
    name = models.CharField(max_length=64, unique=True)  # random; also the name of its thumbnail
    caption = models.CharField(_("what it shows"), max_length=200, blank=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "sha256"], name="image_once_per_record"),
            models.CheckConstraint(condition=Q(width__gt=0, height__gt=0), name="image_has_a_size"),
        ]

    def __str__(self):
        return self.caption or str(_("Ultrasound picture"))
