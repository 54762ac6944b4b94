"""Django's cache in the database: the counts that limit tries at signing in hold for all processes, without Redis.

Django's own DatabaseCache would not do: over its number of entries it forgets live ones, in the order of their keys, so
that who fills it tries without a limit; it needs a command beside `migrate`; and it stores pickles.
"""

import hashlib
from datetime import UTC, datetime

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.models import SharedValue


class SharedCache(BaseCache):
    """Values are what JSON knows. Expired ones are removed by the chore "forget-expired-values"."""

    def __init__(self, _location, params):
        super().__init__(params)

    def get(self, key, default=None, version=None):
        live = SharedValue.objects.live(at=timezone.now())
        found = list(live.filter(key=self._hashed(key, version)).values_list("value", flat=True))
        return found[0] if found else default

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        """Whether there was none: of several who add it at once, one does."""
        row, now = self._row(key, value, timeout, version), timezone.now()
        same = SharedValue.objects.filter(key=row.key)
        if same.live(at=now).exists():
            return False
        if same.expired(at=now).update(value=row.value, expires_at=row.expires_at):
            return True
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            return False
        return True

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        SharedValue.objects.bulk_create(
            [self._row(key, value, timeout, version)],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["value", "expires_at"],
        )

    def touch(self, key, timeout=DEFAULT_TIMEOUT, version=None):
        live = SharedValue.objects.live(at=timezone.now()).filter(key=self._hashed(key, version))
        return bool(live.update(expires_at=self._expires_at(timeout)))

    def delete(self, key, version=None):
        return bool(SharedValue.objects.filter(key=self._hashed(key, version)).delete()[0])

    def clear(self):
        SharedValue.objects.all().delete()

    def _row(self, key, value, timeout, version):
        return SharedValue(key=self._hashed(key, version), value=value, expires_at=self._expires_at(timeout))

    def _hashed(self, key, version):
        return hashlib.sha256(self.make_key(key, version=version).encode()).hexdigest()

    def _expires_at(self, timeout):
        until = self.get_backend_timeout(timeout)
        return None if until is None else datetime.fromtimestamp(until, tz=UTC)


def forget_expired(*, at):
    SharedValue.objects.expired(at=at).delete()
