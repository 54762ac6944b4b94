from django.db import models


class ChannelPause(models.Model):
    """A way out of the clinic (`clinic.messaging.channels`) that is down. Nothing is sent by it until `until`.

    Then one message is sent, to see whether it works again; the row ends when it does.
    """

    name = models.CharField(max_length=20, unique=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    failures = models.PositiveIntegerField(default=1)
    detail = models.CharField(max_length=300, blank=True)  # what was seen last

    class Meta:
        ordering = ["since", "pk"]

    def __str__(self):
        return self.name
