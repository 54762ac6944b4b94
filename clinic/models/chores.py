"""What is done again and again by itself. The package that has a chore registers it; beat and cron know no names."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from clinic.lib.registry import Registry

LEASE = timedelta(seconds=60)  # renewed while the chore lives
TRY_AGAIN_AFTER = timedelta(minutes=5)


@dataclass(frozen=True)
class Chore:
    """`run(at=...)` is called about every `every_seconds`, never twice at once, and must bear being called again."""

    code: str
    every_seconds: float
    run: Callable

    @property
    def rest(self):
        """How long after its last begin it is due again: half a beat less, because beats are not exact."""
        return timedelta(seconds=max(0, self.every_seconds - settings.BEAT_SECONDS / 2))


CHORES = Registry("chore")


class ChoreRunQuerySet(models.QuerySet):
    """All times are the database's: machines whose clocks differ agree on what is due and whose it is."""

    def due(self, chore):
        """The chore's row if its time has come, also because it failed or its worker died, and nobody is at it."""
        again = Q(begun_at=None) | Q(begun_at__lte=Now() - chore.rest)
        again |= Q(failed_at__isnull=False, begun_at__lte=Now() - min(chore.rest, TRY_AGAIN_AFTER))
        return self.filter(Q(leased_until=None) & again | Q(leased_until__lt=Now()), code=chore.code)

    def claim(self, chore, token):
        """Take it if it is due. Whether it is mine now: of several who try at once, one gets it."""
        return bool(self.due(chore).update(begun_at=Now(), leased_until=Now() + LEASE, token=token))

    def claimed(self, token):
        return self.filter(token=token)


class ChoreRun(models.Model):
    """When a chore was last begun, when it last went well, and whether it fails. One row for each, whoever does it."""

    code = models.CharField(primary_key=True, max_length=40)
    begun_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)  # the first failure since it last went well
    failure = models.CharField(max_length=100, blank=True)  # what kind of error, without its words
    leased_until = models.DateTimeField(null=True)
    token = models.UUIDField(null=True)

    objects = ChoreRunQuerySet.as_manager()

    def __str__(self):
        return self.code
