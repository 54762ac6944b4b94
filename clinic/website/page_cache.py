"""Public pages that each process caches as rendered, for visitors who are not signed in.

A page is cached with the version of the texts it was rendered from, and is served only while that version is current:
triggers in the database begin a new one with every change of the catalogue, so a correction is visible immediately.
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
    """One page. It contains no secret and nothing a visitor typed, so its compressed size reveals nothing."""

    version: object
    rendered_at: object
    body: bytes
    headers: dict
    packed: dict = field(default_factory=dict)

    def in_encoding(self, accepted):
        """The body as the browser accepts it, and the name of its encoding ("" if it is not compressed)."""
        names = set(ACCEPTED_ENCODINGS.findall(accepted))
        name = "br" if "br" in names else "gzip" if "gzip" in names else ""
        if name and name not in self.packed:
            pack = brotli.compress if name == "br" else gzip.compress
            self.packed[name] = pack(self.body)
        return self.packed.get(name, self.body), name


def etag(body):
    """A weak ETag: the same page in another encoding is the same page."""
    return f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'


def find(key, *, at):
    """The page cached under this key, if it is still current: one query; none if nothing is cached."""
    page = _pages.get(key)
    if page is None:
        return None
    version = _words.in_force()
    if page.version == version is not None and at - page.rendered_at < timedelta(seconds=MAX_AGE_SECONDS):
        return page
    _pages.pop(key, None)
    return None


def known_version():
    """The version of whatever is rendered from now on: no query, except the first time."""
    return _words.last_seen()


def store(key, page):
    _pages[key] = page
    while len(_pages) > MAX_PAGES:
        _pages.popitem(last=False)


def clear():
    _pages.clear()
    _words.forget()


def track_changes_of(models):
    """A `post_migrate` receiver: from now on a change of these models gives the texts a new version."""
    many = [field.remote_field.through for model in models for field in model._meta.local_many_to_many]
    tables = [model._meta.db_table for model in [*models, *many]]

    def receive(sender, using, **kwargs):
        change_triggers.install_change_triggers(tables, version=WordsVersion, topic="words", using=using)

    return receive
