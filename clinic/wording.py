"""What counts as something written."""

import unicodedata


def says_something(text):
    """True when a reader would see anything: a letter, figure or sign, not spaces and invisible characters alone."""
    return any(unicodedata.category(character)[0] in "LNPS" for character in text)
