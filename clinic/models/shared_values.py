from django.db import models
from django.db.models import Q


class SharedValueQuerySet(models.QuerySet):
    def live(self, *, at):
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at))

    def expired(self, *, at):
        return self.filter(expires_at__lte=at)


class SharedValue(models.Model):
    """What all processes know for a while: how often somebody tried to sign in. `key` is a hash and tells nothing."""

    key = models.CharField(primary_key=True, max_length=64)
    value = models.JSONField()
    expires_at = models.DateTimeField(null=True, db_index=True)

    objects = SharedValueQuerySet.as_manager()

    def __str__(self):
        return self.key
