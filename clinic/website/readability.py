"""How hard a text is to read: the Flesch-Kincaid grade, the school year in which most people can read it."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAX_GRADE = 5
MAX_WORDS = 20  # in one sentence
# In a few words a single long one decides: "neck injury, dizzy" is no hard text.
PHRASE_WORDS = 10
MAX_PHRASE_GRADE = 12
SENTENCE_END = re.compile(r"(?<=[.!?:])\s+|(?<=[.!?:][”\")])\s+")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
SILENT = re.compile(
    r"(?<=[^aeiouyl])(?<![bt]r)e$|(?<=[aeiouy]l)e$|que$"  # knife, place, hole; not needle, litre
    r"|(?<=[^aeiouy])(?<![cgsxz])(?<![cs]h)(?<![^aeiouy]l)es$"  # blades, minutes; not places, muscles
    r"|(?<=[^aeiouytd])(?<![^aeiouyl]l)ed$"  # called; not treated, doubled
    r"|(?<=[^aeiouyl])e(?=(?:ful|less|ness|ments?|ly|ty)$)|(?<=\bev)e(?=ry)"  # careful, safety, every
    r"|(?<=\bsom)e(?=[^aeiou])|(?<=\bfor)e(?=[^aeiou])"  # something, forehead
)
SAID_AS_TWO = re.compile(
    r"(?<![cstgx])i[ao]|iu(?=[ms]\b)|(?<![gq])ua(?=[lnt])|(?<!g)[eu]ou|iet|ie(?=r$|st$)"  # various, usual, quiet
    r"|[aeo]y(?=[ao]|er)|[aeouy]ing|\brea(?=ct)|crea(?=t)|sm$"  # royal, going, react, spasm
)
# Words in our texts that no rule gets right.
SYLLABLES = {"aches": 1, "area": 3, "areas": 3, "crooked": 2, "diabetes": 4, "elsewhere": 2, "everyone": 3, "idea": 3}
SYLLABLES |= {"anyone": 3, "colleague": 2, "ideas": 3, "pacemaker": 3, "platelets": 2, "sms": 3, "whoever": 3}
# What patients have to know by name, because signs, letters and callers use it.
NAMES = frozenset({"physiotherapist", "physiotherapists", "physiotherapy", "ultrasound"})
NAMES |= {"apixaban", "aspirin", "clopidogrel", "rivaroxaban", "warfarin"}  # that a question names


def sentences(text):
    """The sentences of plain text; each line ends one."""
    parts = (part for line in text.splitlines() for part in SENTENCE_END.split(line.strip()))
    return [part for part in parts if WORD.search(part)]


def words_of(sentence):
    return WORD.findall(sentence)


def syllables(word):
    """Groups of vowels, less those that are silent, and two for a group that is spoken as two.

    Compared with the CMU Pronouncing Dictionary for the 3,000 words of this repository: right for 98 in 100.
    """
    word = re.sub("['’]s?$", "", word.lower().strip("'’"))
    if word in SYLLABLES:
        return SYLLABLES[word]
    count = len(re.findall("[aeiouy]+", word)) + len(SAID_AS_TWO.findall(word)) - len(SILENT.findall(word))
    return max(count, 1)


def grade(sentences, names=NAMES):
    """Flesch-Kincaid grade level; `names` are words that have no plainer alternative.

    Names count as words of their sentence, but not by their syllables. One with a capital letter counts in no other
    spelling: a family may be called Example.
    """
    found = [words_of(sentence) for sentence in sentences]
    plain = [[word for word in words if word not in names and word.lower() not in names] for words in found]
    measured = [(words, rest) for words, rest in zip(found, plain, strict=True) if rest]
    if not measured:
        return 0.0
    length = sum(len(words) for words, _rest in measured) / len(measured)
    counts = [syllables(word) for _words, rest in measured for word in rest]
    return 0.39 * length + 11.8 * sum(counts) / len(counts) - 15.59


def plain_enough(text):
    """A validator: a text for patients that a child of ten can read.

    Raises a ValidationError that names the longest or the hardest sentence, and says what to do.
    """
    found = sentences(text)
    for sentence in found:
        if (count := len(words_of(sentence))) > MAX_WORDS:
            raise ValidationError(
                _("“%(sentence)s” has %(count)s words. Make two sentences of it, each of at most %(most)s words."),
                params={"sentence": sentence, "count": count, "most": MAX_WORDS},
                code="long",
            )
    if found and grade(found) > _limit(found):
        hardest = max(found, key=lambda sentence: grade([sentence]))
        raise ValidationError(
            _("This is hard to read, most of all “%(sentence)s”. Use short words, and say one thing in each sentence."),
            params={"sentence": hardest},
            code="hard",
        )


def _limit(found):
    return MAX_GRADE if sum(len(words_of(sentence)) for sentence in found) >= PHRASE_WORDS else MAX_PHRASE_GRADE
