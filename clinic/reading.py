"""How hard a text is to read: the Flesch-Kincaid grade, the school year in which most people can read it."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

HARDEST = 5
MOST_WORDS = 20  # in one sentence
# Of a few words a single long one decides: "neck injury, dizzy" is no hard text.
PHRASE_WORDS = 10
HARDEST_PHRASE = 12
SENTENCE_END = re.compile(r"(?<=[.!?:])\s+")
WORD = re.compile(r"[A-Za-z']+")
# What patients have to know by name, because signs, letters and the telephone say it so.
NAMES = frozenset(
    {"physiotherapy", "physiotherapist", "emergency", "ultrasound", "medicine", "injection", "exercise", "exercises"}
)


def sentences(text):
    """The sentences of plain text; each line ends one."""
    parts = (part for line in text.splitlines() for part in SENTENCE_END.split(line.strip()))
    return [part for part in parts if WORD.search(part)]


def words_of(sentence):
    return WORD.findall(sentence)


def syllables(word):
    """Groups of vowels, less a silent "e" or "ed" at the end."""
    word = word.lower().strip("'")
    count = len(re.findall(r"[aeiouy]+", word))
    is_silent = re.search(r"[^aeiouyl]e$|[aeiouy]le$|[^aeioutdy]es$|[^aeiouytd]ed$|[aeiouy]re$", word)
    if is_silent and not re.search(r"[cgsxz]es$|shes$|ches$", word):
        count -= 1
    return max(count, 1)


def grade(sentences, names=frozenset()):
    """Flesch-Kincaid grade level; `names` are words that cannot be said in a plainer way."""
    words = [word for sentence in sentences for word in words_of(sentence) if word.lower() not in names]
    if not words:
        return 0.0
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def plain_enough(text):
    """A validator: a text for patients that a child of ten can read.

    Raises ValidationError that names the longest or the hardest sentence, and says what to do.
    """
    found = sentences(text)
    for sentence in found:
        if (count := len(words_of(sentence))) > MOST_WORDS:
            raise ValidationError(
                _("“%(sentence)s” has %(count)s words. Make two sentences of it, each of at most %(most)s words."),
                params={"sentence": sentence, "count": count, "most": MOST_WORDS},
                code="long",
            )
    if found and grade(found, NAMES) > _limit(found):
        hardest = max(found, key=lambda sentence: grade([sentence], NAMES))
        raise ValidationError(
            _("This is hard to read, most of all “%(sentence)s”. Use short words, and say one thing in each sentence."),
            params={"sentence": hardest},
            code="hard",
        )


def _limit(found):
    return HARDEST if sum(len(words_of(sentence)) for sentence in found) >= PHRASE_WORDS else HARDEST_PHRASE
