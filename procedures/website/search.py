"""Search over the public pages: tolerant of spelling, ranked, with the reason why each was found.

All that can be found is a few hundred rows, so each process caches them as an index of words, which belongs to the
version of the content (`page_cache`): the same results on every database. What somebody searches for is not stored.
"""

import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

import Stemmer
from rapidfuzz import process
from rapidfuzz.distance import OSA

from clinic.lib.cached_by_version import CachedByVersion
from clinic.models import WordsVersion
from procedures.website import search_entries

MAX_NEEDS, MOST_RESULTS = 8, 30
SHORTEST_BEGINNING = 3
TITLE, EXTRA, TEXT = 6, 4, 1.5  # the weight of a word by the field it is in
SAME, BEGINNING, CLOSE = 1, 0.6, 0.5  # and by how well it fits; a synonym gets SYNONYM of that
SYNONYM = 0.7
WORTH_SHOWING = 0.2  # as a share of the best result's points
EXCERPT_CHARACTERS = 180
WORD = re.compile(r"[^\W_]+")
SENTENCE_END = re.compile(r"(?<=[.!?:])\s+|\n+")


def fold(word):
    """The form in which words are compared: lower case, no accents."""
    if word.isascii():
        return word.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))


def stem(word):
    """What the forms of a word share: "inject" of injected and injections (Snowball's English stemmer)."""
    stemmer = Stemmer.Stemmer("english", 0)  # a new one per word: threads may not share one, and it caches nothing
    return stemmer.stemWord(fold(word))


def stems(text):
    return tuple(stem(word) for word in WORD.findall(text))


SMALL_WORDS = set(
    stems(
        "a about after am an and are as at be but by can do does for from had has have how i in is it its me my of on"
        " or our please should so than that the their them there they this to too was we what when where which who why"
        " will with you your"
    )
)


@dataclass
class Document:
    """Something that can be found, with its words in order, by field."""

    entry: object
    fields: list  # (weight, stems)

    def has(self, phrase):
        """The weight of the best field with these stems side by side; 0 if there is none."""
        return max((weight for weight, words in self.fields if _contains_phrase(phrase, words)), default=0)


def _contains_phrase(phrase, words):
    if len(phrase) == 1:
        return phrase[0] in words
    return any(words[at : at + len(phrase)] == phrase for at in range(len(words) - len(phrase) + 1))


@dataclass(frozen=True)
class Variant:
    """One way to match a term: stems side by side, their weight, what to say about it ("" for the word itself)."""

    phrase: tuple
    weight: float
    words: str = ""


@dataclass
class Result:
    entry: object
    points: float
    title: list  # (text, is marked)
    excerpt: list


@dataclass
class SearchResponse:
    results: list = field(default_factory=list)
    also: list = field(default_factory=list)  # other words that were searched for
    instead: list = field(default_factory=list)  # (typed, the words that were searched for instead)


class Index:
    """Everything that can be found, by its words."""

    def __init__(self, found, groups):
        self.places = [
            Document(entry, [(TITLE, stems(entry.title)), (EXTRA, stems(entry.extra)), (TEXT, stems(entry.text))])
            for entry in found
        ]
        self.counts = Counter(
            word for place in self.places for word in {word for _, words in place.fields for word in words}
        )
        self.groups = [{stems(words): words for words in group} for group in groups]
        written = {fold(word) for text in _texts(found, groups) for word in WORD.findall(text)}
        self.stems = {word: stem(word) for word in written}

    def rarity(self, phrase):
        return max(math.log(1 + len(self.places) / (1 + self.counts[word])) for word in phrase)

    def beginning_with(self, start):
        """The stems of words that begin like this."""
        return {shared for word, shared in self.stems.items() if word.startswith(start)}

    def close_to(self, word):
        """The words with the fewest wrong or swapped letters: at most one in a short word, two in a long one."""
        most = 0 if len(word) < 4 else 1 if len(word) < 8 else 2
        near = process.extract(word, list(self.stems), scorer=OSA.distance, score_cutoff=most, limit=None)
        fewest = min((count for _, count, _ in near), default=0)
        return sorted(other for other, count, _ in near if count == fewest)


def _texts(found, groups):
    for entry in found:
        yield from (entry.title, entry.extra, entry.text)
    for group in groups:
        yield from group


_cached = CachedByVersion(WordsVersion, lambda: Index(*search_entries.read()))


def current():
    """The current index: one query if the content has not changed since this process read it, else two."""
    return _cached.current()


def search(words):
    """The results, best first (a `SearchResponse`)."""
    index = current()
    answer = SearchResponse()
    needs = [_variants(part, index, answer) for part in _parts(words, index)]
    found = []
    for place in index.places:
        points, marked = _score(place, needs, index)
        if points:
            found.append((points * place.entry.weight, place, marked))
    best = max((points for points, _, _ in found), default=0)
    found = sorted((each for each in found if each[0] >= WORTH_SHOWING * best), key=lambda each: -each[0])
    used = {way for _, _, ways in found[:MOST_RESULTS] for way in ways}
    asked = stems(words)
    answer.also = sorted({way.words for way in used if way.words and not _contains_phrase(way.phrase, asked)})
    for points, place, ways in found[:MOST_RESULTS]:
        stems_found = {word for way in ways for word in way.phrase} - SMALL_WORDS
        entry = place.entry
        answer.results.append(
            Result(entry, points, marked_in(entry.title, stems_found), excerpt_of(entry, stems_found))
        )
    return answer


def _parts(words, index):
    """The search text in parts: a group's phrase is one ("trigger point"), else each word; stop words are left out."""
    typed = WORD.findall(words)
    asked = [word for word in typed if stem(word) not in SMALL_WORDS] or typed
    phrases = {phrase for group in index.groups for phrase in group if len(phrase) > 1}
    parts, at = [], 0
    while at < len(asked) and len(parts) < MAX_NEEDS:
        rest = tuple(stem(word) for word in asked[at:])
        longest = max((len(phrase) for phrase in phrases if rest[: len(phrase)] == phrase), default=1)
        parts.append(asked[at : at + longest])
        at += longest
    return parts


def _variants(part, index, answer):
    """All ways to match one part of the search text."""
    phrase = tuple(stem(word) for word in part)
    ways = {phrase: Variant(phrase, SAME)}
    if len(phrase) == 1:
        word = fold(part[0])
        beginnings = index.beginning_with(word) - set(phrase) if len(word) >= SHORTEST_BEGINNING else set()
        ways |= {(other,): Variant((other,), BEGINNING) for other in beginnings}
        if phrase[0] not in index.stems.values() and not beginnings and (close := index.close_to(word)):
            ways |= {(index.stems[other],): Variant((index.stems[other],), CLOSE) for other in close}
            answer.instead.append((part[0], close))
    for way in list(ways.values()):
        for group in index.groups:
            if way.phrase in group:
                others = {other: words for other, words in group.items() if other not in ways}
                ways |= {other: Variant(other, SYNONYM * way.weight, words) for other, words in others.items()}
    return list(ways.values())


def _score(place, needs, index):
    """(points, ways by which the place fits): the best way per part of the search text, rare words first."""
    points, used = 0, []
    for ways in needs:
        fitting = [
            (weight * way.weight * index.rarity(way.phrase), way) for way in ways if (weight := place.has(way.phrase))
        ]
        if fitting:
            points += max(worth for worth, _ in fitting)
            used += [way for _, way in fitting]
    share = sum(any(way in used for way in ways) for ways in needs) / len(needs) if needs else 0
    return points * share**2, used


def marked_in(text, found):
    """The text in pieces, (text, is marked), the words with these stems being marked."""
    pieces, at = [], 0
    for match in WORD.finditer(text):
        if stem(match[0]) in found:
            pieces += [(text[at : match.start()], False), (match[0], True)]
            at = match.end()
    pieces.append((text[at:], False))
    joined = []
    for piece in pieces:  # "trigger" and "point" with a space between them are marked as one
        joined.append(piece)
        if len(joined) > 2 and joined[-1][1] and joined[-3][1] and joined[-2][0] == " ":
            joined[-3:] = [(f"{joined[-3][0]} {joined[-1][0]}", True)]
    return [piece for piece in joined if piece[0]]


def excerpt_of(entry, found):
    """The text from the sentence with most of the words onwards, marked."""
    sentences = [part.removeprefix("- ").strip() for part in SENTENCE_END.split(entry.text) if part.strip()]
    if not sentences:
        return []
    marks = [len({stem(word) for word in WORD.findall(sentence)} & found) for sentence in sentences]
    best = marks.index(max(marks))
    text = sentences[best]
    for before, after in pairwise(sentences[best:]):
        if len(text) + len(after) > EXCERPT_CHARACTERS or before == after:
            break
        text = f"{text} {after}"
    return marked_in(text, found)
