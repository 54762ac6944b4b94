"""What a record said when it was signed, word for word, and each thing that was added to it since."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from procedures.models.records import Procedure


class SealOf(models.TextChoices):
    """What a seal is about: the record at its signature, a note added later, or that two people voided it."""

    SIGNATURE = "signature", _("the signed record")
    ADDENDUM = "addendum", _("a note added later")
    VOID = "void", _("the record was voided")


class RecordSeal(models.Model):
    """The whole content of one act on a record as text, with its SHA-256. Written once, numbered from 1.

    The content of every seal but the first names the hash of the one before. `was_late`: it was made after the act,
    from what the rows say, because the record is older than this table or came from elsewhere.
    """

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="seals")
    number = models.PositiveSmallIntegerField()
    of = models.CharField(max_length=10, choices=SealOf)
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)
    was_late = models.BooleanField(default=False)

    class Meta:
        ordering = ["procedure", "number"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "number"], name="record_seal_number_once"),
            models.CheckConstraint(condition=Q(of__in=SealOf.values), name="record_seal_says_of_what"),
            models.CheckConstraint(
                condition=Q(number=1, of="signature") | Q(number__gt=1, of__in=["addendum", "void"]),
                name="record_seal_begins_with_the_signature",
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.sha256[:12]}"
