"""Public pages that each process keeps as they were rendered, for visitors who are not signed in.

A page is kept with the version of the words that it was rendered from, and is given out only while that version is in
force: triggers in the database begin a new one with every change of the catalogue, so a correction is read at once.
What also depends on the clock or on the visits (a person's next free time) is at most `MAX_AGE_SECONDS` old.
"""

import gzip
import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta

import brotli

from clinic.lib import change_triggers
from clinic.lib.cached_by_version import TableVersion
from clinic.models import WordsVersion

MAX_AGE_SECONDS = 60
MAX_PAGES = 500
ACCEPTED_ENCODINGS = re.compile(r"(?:^|,)\s*(br|gzip)\s*(?!;\s*q=0(?:\.0*)?\s*(?:,|$))")

_pages = OrderedDict()
_words = TableVersion(WordsVersion)


@dataclass
class CachedPage:
    """One page. It holds no secret and no words of a visitor, so how short it is packed tells nobody anything."""

    version: object
    rendered_at: object
    body: bytes
    headers: dict
    packed: dict = field(default_factory=dict)

    def in_encoding(self, accepted):
        """The body as the browser takes it, and the name of its encoding ("" where it is not packed)."""
        names = set(ACCEPTED_ENCODINGS.findall(accepted))
        name = "br" if "br" in names else "gzip" if "gzip" in names else ""
        if name and name not in self.packed:
            pack = brotli.compress if name == "br" else gzip.compress
            self.packed[name] = pack(self.body)
        return self.packed.get(name, self.body), name


def etag(body):
    """Weak: the same page in another encoding is the same page."""
    return f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'


def find(key, *, at):
    """The page kept under this key, if it is still right: one query; none where nothing is kept."""
    page = _pages.get(key)
    if page is None:
        return None
    version = _words.in_force()
    if page.version == version is not None and at - page.rendered_at < timedelta(seconds=MAX_AGE_SECONDS):
        return page
    _pages.pop(key, None)
    return None


def known_version():
    """The version that what is rendered from now on belongs to: no query, but for the first time."""
    return _words.last_seen()


def store(key, page):
    _pages[key] = page
    while len(_pages) > MAX_PAGES:
        _pages.popitem(last=False)


def clear():
    _pages.clear()
    _words.forget()


def track_changes_of(models):
    """A `post_migrate` receiver: from now on a change of these models gives the words a new version."""
    many = [field.remote_field.through for model in models for field in model._meta.local_many_to_many]
    tables = [model._meta.db_table for model in [*models, *many]]

    def receive(sender, using, **kwargs):
        change_triggers.install_change_triggers(tables, version=WordsVersion, topic="words", using=using)

    return receive
