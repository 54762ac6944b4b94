"""The words of the field, and where a text uses them: cached for a minute, so that pages need not query each time."""

import re
from dataclasses import dataclass

from django.core.cache import cache

from clinic.models import GlossaryTerm

KEY = "glossary"
SECONDS = 60


@dataclass(frozen=True)
class Part:
    """A piece of a text; `slug` and `meaning` if it is a word of the glossary."""

    text: str
    slug: str = ""
    meaning: str = ""


def terms():
    """(slug, word, meaning) of each word, in alphabetical order."""
    return cache.get_or_set(KEY, lambda: list(GlossaryTerm.objects.values_list("slug", "term", "meaning")), SECONDS)


def forget(**kwargs):
    """A signal receiver: the glossary was changed."""
    cache.delete(KEY)


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
