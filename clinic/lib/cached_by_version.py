"""What a process makes of some tables and caches for as long as the version of those tables is current.

Triggers in the database begin a new version with every change (`change_triggers`). Code that reads the
version first never gets anything older than that read.
"""


class TableVersion:
    """The version of some tables: the random token in the only row of `model`, as this process last saw it.

    Tokens are never reused: one that is current now has been current ever since it was seen.
    """

    def __init__(self, model):
        self._tokens = model.objects.values_list("token", flat=True)
        self._seen = None

    def in_force(self):
        """The token as it is now, None if there are no triggers yet: one query."""
        self._seen = next(iter(self._tokens.all()), None)
        return self._seen

    def last_seen(self):
        """The token as last seen: what belongs to it may be outdated. No query, except the first time."""
        return self._seen or self.in_force()

    def forget(self):
        self._seen = None


class CachedByVersion:
    """One value that `make` makes of the tables whose version is in the row of `model`."""

    def __init__(self, model, make):
        self._version, self._make = TableVersion(model), make
        self._cached = (None, None)  # the token, and the value made after it; replaced together, for threads

    def current(self):
        """The value as it is now: one query, and those of `make` only after a change. Not cached without a version."""
        token = self._version.in_force()
        known, value = self._cached
        if token is None or token != known:
            value = self._make()
            self._cached = (token, value)
        return value
