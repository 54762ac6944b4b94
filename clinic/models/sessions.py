"""Who is signed in where. This module is the setting SESSION_ENGINE."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models

ORIGIN = "origin"  # what a session keeps of the moment of signing in


class BrowserSessionQuerySet(models.QuerySet):
    def live(self, *, at):
        return self.filter(expire_date__gt=at)


class BrowserSession(AbstractBaseSession):
    """What the clinic keeps for one browser; with the account that is signed in there, since when and from where.

    `seen_at`: when its person last did something. What pages fetch by themselves does not count.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="browser_sessions")
    began_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    address = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=200, blank=True)  # in the browser's own words

    objects = BaseSessionManager.from_queryset(BrowserSessionQuerySet)()

    @classmethod
    def get_session_store_class(cls):
        return SessionStore


class SessionStore(DatabaseStore):
    """Sessions in the database, that end `SESSION_COOKIE_AGE` after signing in, however busy they are."""

    seen_at = None

    @classmethod
    def get_model_class(cls):
        return BrowserSession

    def _get_session_from_db(self):
        row = super()._get_session_from_db()
        if row:
            self.seen_at = row.seen_at
        return row

    def create_model_instance(self, data):
        row = super().create_model_instance(data)
        row.seen_at = self.seen_at
        if origin := data.get(ORIGIN):
            row.user_id = data.get(SESSION_KEY)
            row.began_at = datetime.fromtimestamp(origin["at"], tz=UTC)
            row.address, row.device = origin["address"], origin["device"]
            row.expire_date = min(row.expire_date, row.began_at + timedelta(seconds=settings.SESSION_COOKIE_AGE))
        return row

    def sign_in(self, *, at, address, device):
        """Somebody has signed in at this instant, from this network address, with this browser."""
        longest = BrowserSession._meta.get_field("device").max_length
        self[ORIGIN] = {"at": at.timestamp(), "address": address, "device": device[:longest]}
        self.seen_at = at

    def see(self, *, at):
        """Its person is there. Nothing else of it is written, so that what another page writes meanwhile stays."""
        self.seen_at = at
        BrowserSession.objects.filter(pk=self.session_key).update(seen_at=at)

    def lock(self):
        """As if nobody had touched it for long."""
        self.see(at=datetime.fromtimestamp(0, tz=UTC))

    def was_left(self, *, at, minutes):
        """Whether nobody has touched it for `minutes`. One from before this was known counts from now."""
        self._session  # noqa: B018 - loads it
        return self.seen_at is not None and at - self.seen_at >= timedelta(minutes=minutes)

    def is_seen_by(self, *, at, seconds):
        """Whether it is known already that its person was there within the last `seconds`."""
        self._session  # noqa: B018 - loads it
        return self.seen_at is not None and at - self.seen_at < timedelta(seconds=seconds)
