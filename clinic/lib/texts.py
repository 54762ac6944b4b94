"""What counts as something written, and as how much."""

import unicodedata


def has_visible_text(text):
    """True when a reader would see anything: a letter, figure or sign, not spaces and invisible characters alone."""
    return any(unicodedata.category(character)[0] in "LNPS" for character in text)


def without_nul(text):
    """PostgreSQL keeps no text with this character in it; nobody can type it."""
    return text.replace("\0", "")


def with_unix_line_endings(text):
    """A browser sends two characters for each end of a line and counts one: so do we."""
    return text.replace("\r\n", "\n")
