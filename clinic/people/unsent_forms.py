"""Forms whose sender was signed out meanwhile: kept for an hour, so that nothing is lost, and shown to nobody else.

What is typed here is about people's health. So it is sealed with a key that only the sender's browser has (in a cookie)
and that the clinic's secret is mixed into: whoever has the database alone, or the cookie alone, reads nothing. The rows
are in the database: a session is read for every page, and ends when somebody else signs in; the cache may be away.
"""

import json
import secrets
import zlib
from dataclasses import asdict, dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac

from clinic.models import UnsentForm

MOST_OF_ONE = 5  # forms of one person, or of one browser where nobody was signed in
# Anybody can send a form without signing in: so that nobody fills the disk with them
LONGEST_OF_NOBODY = 64 * 1024
MOST_FROM_ONE_ADDRESS, MOST_OF_NOBODY = 20, 500
SALT = "clinic.unsent-forms"


class CannotBeKept(Exception):
    """There are too many already, or it is too long for somebody who was not signed in."""


@dataclass(frozen=True)
class TypedForm:
    """What was sent: to which address, from which pages (the first that has a place for it is filled in), which values.

    `sent` maps the names of fields to lists of values, as the browser sends them; without passwords and tokens.
    """

    action: str
    pages: list
    sent: dict
    had_files: bool = False
    asks_symptoms: bool = False


@dataclass(frozen=True)
class Key:
    """What one browser knows: it opens what was kept for it, and finds it."""

    secret: str = field(repr=False, default_factory=lambda: secrets.token_urlsafe(32))

    def mark(self, kind, words=""):
        return salted_hmac(f"{SALT}.{kind}", f"{self.secret} {words}", algorithm="sha256").hexdigest()

    @property
    def _cipher(self):
        return AESGCM(salted_hmac(f"{SALT}.seal", self.secret, algorithm="sha256").digest())

    def seal(self, words, *, owner):
        nonce = secrets.token_bytes(12)
        return nonce + self._cipher.encrypt(nonce, zlib.compress(words.encode()), _bound_to(owner))

    def open(self, sealed, *, owner):
        sealed = bytes(sealed)
        return zlib.decompress(self._cipher.decrypt(sealed[:12], sealed[12:], _bound_to(owner))).decode()


def _bound_to(owner):
    return str(owner or "nobody").encode()


def keep(typed, *, key, owner, at, kept_from=""):
    """Keep `typed` for `owner` (the number of an account; None where nobody was signed in) in the browser with `key`.

    It replaces what was kept for the same address before. Raises CannotBeKept.
    """
    words = json.dumps(asdict(typed))
    browser, action = key.mark("browser"), key.mark("action", _path(typed.action))
    with transaction.atomic():
        UnsentForm.objects.filter(browser=browser, action=action, user=owner).delete()
        if owner is None:
            _refuse_too_much(words, kept_from=kept_from, at=at)
        row = UnsentForm.objects.create(
            browser=browser,
            page=key.mark("page", _path(typed.pages[0])),
            action=action,
            user_id=owner,
            asks_symptoms=typed.asks_symptoms,
            kept_at=at,
            kept_from=kept_from,
            sealed=key.seal(words, owner=owner),
        )
        _drop_oldest(row)
    return row


def _refuse_too_much(words, *, kept_from, at):
    of_nobody = UnsentForm.objects.kept(at=at).filter(user=None)
    is_too_many = of_nobody.count() >= MOST_OF_NOBODY
    if kept_from:
        is_too_many = is_too_many or of_nobody.filter(kept_from=kept_from).count() >= MOST_FROM_ONE_ADDRESS
    if is_too_many or len(words) > LONGEST_OF_NOBODY:
        raise CannotBeKept


def _drop_oldest(row):
    whose = Q(user=row.user_id) if row.user_id else Q(user=None, browser=row.browser)
    others = UnsentForm.objects.filter(whose).order_by("-kept_at", "-pk")
    UnsentForm.objects.filter(pk__in=list(others.values_list("pk", flat=True)[MOST_OF_ONE:])).delete()


def of_browser(key, *, at):
    """What is kept in this browser, whoever it belongs to, newest first; without what was typed."""
    return (
        UnsentForm.objects.kept(at=at).filter(browser=key.mark("browser")).defer("sealed").order_by("-kept_at", "-pk")
    )


def opened(row, key, *, owner):
    """What was typed, for `owner`; None if it belongs to somebody else, or cannot be opened (another secret key)."""
    if row.user_id != owner:
        return None
    try:
        return TypedForm(**json.loads(key.open(row.sealed, owner=owner)))
    except (InvalidTag, ValueError, TypeError, zlib.error):
        return None


def page_of(row, typed):
    """The page to fill in; empty if none has a place for it."""
    return typed.pages[row.pages_tried] if row.pages_tried < len(typed.pages) else ""


def try_next_page(row, typed, key):
    """The page has no such form (any more). Returns the next one to look at; empty after the last."""
    row.pages_tried += 1
    page = page_of(row, typed)
    row.page = key.mark("page", _path(page)) if page else ""
    row.save(update_fields=["page", "pages_tried"])
    return page


def drop_sent(key, *, action, owner):
    """The form has been accepted, or is shown again by its own page: it need not be kept."""
    mine = UnsentForm.objects.filter(browser=key.mark("browser"), user=owner)
    mine.filter(action=key.mark("action", action)).delete()


def drop_all(key, *, owner):
    UnsentForm.objects.filter(browser=key.mark("browser"), user=owner).delete()


def drop_expired(*, at):
    """How many were removed: a chore."""
    return UnsentForm.objects.expired(at=at).delete()[0]


def words_of(typed):
    """What a person typed or chose, as (field, words), without what only machines read."""
    return [
        (name.replace("-", " ").replace("_", " ").strip().capitalize(), value)
        for name, values in typed.sent.items()
        for value in values
        if any(letter.isalpha() for letter in value) and not _is_for_machines(name)
    ]


def _is_for_machines(name):
    return name.startswith("_") or name.endswith(("token", "seen", "page", "_FORMS", "-id", "shown"))


def _path(address):
    return address.partition("?")[0]
