"""What each row of the catalogue said: a new version whenever it says something else, and none is ever changed."""

from django.db import models
from django.utils import timezone

from clinic.models.clinical_changes import ClinicalChange


class CatalogueVersion(models.Model):
    """A row of the catalogue, with the rows that belong to it, as text, with its SHA-256; versions begin with 1.

    `change` is the approval that made it; a version without one was found when something signed pointed to the row.
    """

    model = models.CharField(max_length=100)
    row = models.CharField(max_length=100)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)
    change = models.ForeignKey(ClinicalChange, models.PROTECT, null=True, blank=True, related_name="versions")

    class Meta:
        ordering = ["model", "row", "number"]
        default_permissions = []
        constraints = [models.UniqueConstraint(fields=["model", "row", "number"], name="catalogue_version_once")]

    def __str__(self):
        return f"{self.title}, {self.number}"
