"""What counts as a reason: words that tell a colleague something, not a tick that is typed."""

import re
import unicodedata

from django.utils.translation import gettext as _

from clinic.lib.texts import has_visible_text

# Words that agree, refuse or point elsewhere: true of every patient, so they answer nothing.
EMPTY_WORDS = set(
    "ok okay okey k yes y no n na none nil nothing fine good well sure right done checked seen noted read known aware "
    "agreed agree accepted accept confirmed confirm proceed continue go ahead on all is it was see above below same "
    "as before again ditto idem usual normal reason reasons because test xx xxx the a an and of to in i we be this "
    "that not need needed applicable see discussed asked told "
    "ja jo nein taip ne gerai tak nie si oui non da nu".split()
)
LEAST_LETTERS, LEAST_GRAVE_LETTERS = 3, 15


def refusal_of(text, grave=False):
    """Why these words are no reason, in a sentence; "" when they are one.

    A word says something when it has at least two different letters and is none of `EMPTY_WORDS`; each counts once.
    Numbers alone say nothing. `grave`, where a life hangs on it: at least two such words of 15 letters together.
    """
    if not has_visible_text(text):
        return _("Write why.")
    words = _words_that_say_something(text)
    letters = sum(len(word) for word in words)
    if letters < LEAST_LETTERS:
        return _("“%(words)s” is no reason: write what you know or did, so that a colleague can follow it.") % {
            "words": text.strip()[:40]
        }
    if grave and (letters < LEAST_GRAVE_LETTERS or len(words) < 2):
        return _("A life may hang on this: write in a sentence what you know, what you did, and why you go on.")
    return ""


def unanswered(sentence, text, grave=False):
    """The sentence of a warning that these words do not answer, with what is wrong about them; "" when they do."""
    refusal = refusal_of(text, grave)
    return f"{sentence} {refusal}" if refusal and has_visible_text(text) else sentence if refusal else ""


def _words_that_say_something(text):
    plain = unicodedata.normalize("NFKC", text).casefold()
    words = dict.fromkeys(re.findall(r"[^\W\d_]+", plain))
    return [word for word in words if len(set(word)) > 1 and word not in EMPTY_WORDS]
