from django.db import models


class About(models.Model):
    """What a message or a work item is about. A key only keeps one cause from making two; no code parses it."""

    # The code of a registered purpose of messages; of a work item, that of the letter nobody could send.
    purpose = models.CharField(max_length=40, blank=True, default="", db_default="")
    # The primary key of a row, as the owner of the purpose, or of the work item's kind, says: a visit, a procedure ...
    # No foreign key points upwards.
    cause = models.PositiveBigIntegerField(null=True, blank=True)
    # Which of several for one cause and purpose: "at-once", "next-morning", "+3d", "24h".
    occasion = models.CharField(max_length=20, blank=True, default="", db_default="")
    # The `calendar_sequence` of the visit that it is about.
    sequence = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def about(self):
        """All four together. A work item's mean something only together with its kind."""
        return {name: getattr(self, name) for name in ("purpose", "cause", "occasion", "sequence")}
