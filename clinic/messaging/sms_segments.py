"""What an SMS costs, and how to write so that it costs less.

Letters of the GSM alphabet take seven bits each: 160 fit one SMS, 153 each part of a longer text. One letter outside
makes the whole text UTF-16: 70 and 67. Sources: 3GPP TS 23.038 6.2.1 (the alphabets), TS 23.040 9.2.3.24.1 (the parts).
"""

import unicodedata
from dataclasses import dataclass

from anyascii import anyascii

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"  # each after an escape: two septets
SEPTETS = {**dict.fromkeys(BASIC, 1), **dict.fromkeys(EXTENSION, 2)}


@dataclass(frozen=True)
class Length:
    """Of one text: how many SMS it is paid as, its units (septets, or UTF-16 units), and whether it is UTF-16."""

    segments: int
    units: int
    is_unicode: bool


def length_of(text):
    is_unicode = any(letter not in SEPTETS for letter in text)
    if is_unicode:
        sizes, whole, part = [1 + (ord(letter) > 0xFFFF) for letter in text], 70, 67
    else:
        sizes, whole, part = [SEPTETS[letter] for letter in text], 160, 153
    units = sum(sizes)
    return Length(1 if units <= whole else _parts(sizes, part), units, is_unicode)


def in_gsm(text):
    """The same words in the GSM alphabet: curly quotes, dashes and wide spaces become plain, ė becomes e.

    Letters of other scripts stay as they are: whoever wrote a text in one wants it read.
    """
    return "".join(_plain(letter) for letter in unicodedata.normalize("NFC", text))


def romanised(name):
    """A name in letters of the GSM alphabet, whatever script it is in: "Николай" is "Nikolay"."""
    plain = in_gsm(name)
    spelled = "".join(letter if letter in SEPTETS else anyascii(letter) for letter in plain)
    return "".join(letter for letter in spelled if letter in SEPTETS).strip()


def _plain(letter):
    if letter in SEPTETS:
        return letter
    is_foreign = letter.isalpha() and not unicodedata.name(letter, "").startswith("LATIN ")
    return letter if is_foreign else anyascii(letter)


def _parts(sizes, room):
    """A letter of two units is never split between two parts."""
    parts, left = 0, 0
    for size in sizes:
        if size > left:
            parts, left = parts + 1, room
        left -= size
    return parts
