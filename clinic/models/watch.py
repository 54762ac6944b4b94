from django.db import models


class Heartbeat(models.Model):
    """When a part of the machinery was last known to be alive. One row per part."""

    part = models.CharField(primary_key=True, max_length=20)
    at = models.DateTimeField()

    def __str__(self):
        return f"{self.part} {self.at:%H:%M:%S}"
