from uuid import uuid4

from django.db import models


class Heartbeat(models.Model):
    """When a part of the machinery was last known to be alive. One row per part."""

    part = models.CharField(primary_key=True, max_length=20)
    at = models.DateTimeField()

    def __str__(self):
        return f"{self.part} {self.at:%H:%M:%S}"


class DeliveryMark(models.Model):
    """How far this database has delivered, in its only row. `clinic.messaging.epoch` keeps the same outside.

    `number` grows before each claim: milliseconds since 1970, or one more than before if the clock went back.
    """

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    database = models.UUIDField(default=uuid4)  # every copy of it has the same
    number = models.BigIntegerField()
    # Since when it is known to be older than what was delivered from it, and how far that went.
    restored_at = models.DateTimeField(null=True, blank=True)
    outside_number = models.BigIntegerField(null=True, blank=True)
    # The last restore that `manage.py after_restore` settled: when the backup was taken, and when that was done.
    settled_taken_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="delivery_mark_is_one_row")]

    def __str__(self):
        return str(self.number)
