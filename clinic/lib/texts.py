"""What counts as something written, and how long it is."""

import unicodedata

FILLERS = set("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # seen as nothing, whatever Unicode calls them
JOINERS = "\u200c\u200d"
JOINED_SCRIPTS = ("ARABIC", "BENGALI", "DEVANAGARI", "GUJARATI", "GURMUKHI", "KANNADA", "KHMER", "MALAYALAM", "MYANMAR")
JOINED_SCRIPTS += ("ORIYA", "SINHALA", "SYRIAC", "TAMIL", "TELUGU", "MONGOLIAN")


def has_visible_text(text):
    """True when a reader would see anything: a letter, digit or sign, not spaces and invisible characters alone."""
    return any(unicodedata.category(character)[0] in "LNPS" for character in text)


def without_nul(text):
    """PostgreSQL cannot store a text with this character in it; nobody can type it."""
    return text.replace("\0", "")


def with_unix_line_endings(text):
    """A browser sends two characters for each end of a line but counts one, and so does this."""
    return text.replace("\r\n", "\n")


def without_invisible(text):
    """As it looks: letters of full width and the like are plain ones, line ends and tabs are spaces, and what nobody
    sees is gone. The two joiners stay between letters of the scripts that write with them.
    """
    plain = unicodedata.normalize("NFKC", text)
    shown = ((place, " " if unicodedata.category(each) in SPACES else each) for place, each in enumerate(plain))
    return "".join(each for place, each in shown if not _is_invisible(each) or _joins(plain, place))


SPACES = ("Cc", "Zl", "Zp", "Zs")


def _is_invisible(character):
    is_selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return unicodedata.category(character) in ("Cf", "Cn", "Co", "Cs") or character in FILLERS or is_selector


def _joins(text, place):
    """A joiner with a letter of such a script before it and one after it."""
    around = (text[place - 1 : place], text[place + 1 : place + 2])
    return text[place] in JOINERS and all(
        each and unicodedata.name(each, "").startswith(JOINED_SCRIPTS) for each in around
    )
