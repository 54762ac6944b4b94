"""The words of the field, and where a text uses them: each process caches them for a minute, or until it has seen that
words of the public pages changed, so that pages need not query each time.
"""

import re
import time
from dataclasses import dataclass

from clinic.models import GlossaryTerm
from clinic.website import page_cache

SECONDS = 60

_cached = (None, 0, [])  # the version of the words, until when (monotonic seconds), and the terms; replaced together


@dataclass(frozen=True)
class Part:
    """A piece of a text; `slug` and `meaning` if it is a word of the glossary."""

    text: str
    slug: str = ""
    meaning: str = ""


def terms():
    """(slug, word, meaning) of each word, in alphabetical order."""
    global _cached
    version, now = page_cache.known_version(), time.monotonic()
    known, until, found = _cached
    if version != known or now >= until:
        found = list(GlossaryTerm.objects.values_list("slug", "term", "meaning"))
        _cached = (version, now + SECONDS, found)
    return found


def forget(**kwargs):
    """A signal receiver: the glossary was changed."""
    global _cached
    _cached = (None, 0, [])


def explained(lines):
    """The lines as lists of Parts, each word of the glossary separate where it first appears."""
    known = {term.lower(): (slug, meaning) for slug, term, meaning in terms()}
    if not known:
        return [[Part(line)] for line in lines]
    words = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    pattern = re.compile(rf"\b({words})s?\b", re.IGNORECASE)
    seen = set()
    return [list(_parts(line, pattern, known, seen)) for line in lines]


def _parts(line, pattern, known, seen):
    end = 0
    for found in pattern.finditer(line):
        slug, meaning = known[found[1].lower()]
        if slug in seen:
            continue
        seen.add(slug)
        if found.start() > end:
            yield Part(line[end : found.start()])
        yield Part(found[0], slug, meaning)
        end = found.end()
    if end < len(line):
        yield Part(line[end:])
