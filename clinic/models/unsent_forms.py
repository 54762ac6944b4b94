from datetime import timedelta

from django.conf import settings
from django.db import models

KEPT_FOR = timedelta(hours=1)


class UnsentFormQuerySet(models.QuerySet):
    def kept(self, *, at):
        return self.filter(kept_at__gt=at - KEPT_FOR, kept_at__lte=at)

    def expired(self, *, at):
        return self.exclude(kept_at__gt=at - KEPT_FOR)


class UnsentForm(models.Model):
    """A form that could not be accepted, because its sender was signed out: kept for an hour, for its sender alone.

    What was typed is sealed with a key that only the sender's browser has; neither this row nor a backup reveals it.
    `browser`, `page` and `action` are keyed hashes of that key with nothing, with the page that is to be filled in,
    and with the address that the form goes to.
    """

    browser = models.CharField(max_length=64, db_index=True)
    page = models.CharField(max_length=64, blank=True)  # empty when no page has a place for what was typed
    action = models.CharField(max_length=64)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+")
    asks_symptoms = models.BooleanField(default=False)
    kept_at = models.DateTimeField(db_index=True)
    kept_from = models.CharField(max_length=64, blank=True)  # a mark of the network address, where nobody was signed in
    pages_tried = models.PositiveSmallIntegerField(default=0)
    sealed = models.BinaryField()

    objects = UnsentFormQuerySet.as_manager()

    def __str__(self):
        return f"{self.kept_at:%Y-%m-%d %H:%M}"
