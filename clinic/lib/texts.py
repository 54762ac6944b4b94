"""What counts as something written, and how long it is."""

import unicodedata


def has_visible_text(text):
    """True when a reader would see anything: a letter, digit or sign, not spaces and invisible characters alone."""
    return any(unicodedata.category(character)[0] in "LNPS" for character in text)


def without_nul(text):
    """PostgreSQL cannot store a text with this character in it; nobody can type it."""
    return text.replace("\0", "")


def with_unix_line_endings(text):
    """A browser sends two characters for each end of a line but counts one, and so does this."""
    return text.replace("\r\n", "\n")
