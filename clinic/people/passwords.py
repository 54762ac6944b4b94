"""What a new password must not be: the own name, one from the lists of stolen ones, or one made of their parts.

Works without the network. Django's list has the 20,000 most frequent passwords. zxcvbn has 30,000, besides names,
words, keyboards and dates, and reckons how many guesses somebody needs who has such lists. Those are few of the
thousand million that are known to be stolen; but most of them are made of such parts (Wheeler, USENIX Security 2016).
"""

import re

from anyascii import anyascii
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

ENOUGH_GUESSES = 10**10
LONGEST_LOOKED_AT = 72  # characters: looking at more takes longer, and finds no password that is easier
SHORTEST_PART = 4  # letters: shorter names stand inside of many words


class GuessableValidator:
    """Refuses what is guessed in fewer than `ENOUGH_GUESSES` tries by somebody who knows the clinic and its people."""

    def validate(self, password, user=None):
        known = [*_words(settings.CLINIC_NAME), *names_of(user)]
        if min(_guesses(words, known) for words in {password, _without(known, password)}) < ENOUGH_GUESSES:
            sentence = _("This is guessed too quickly. Take four words that have nothing to do with each other.")
            raise ValidationError(sentence)

    def get_help_text(self):
        return _("Four words that have nothing to do with each other are a good password.")


class OwnNameValidator:
    """Refuses a password with the account's name or address in it, however it is written."""

    def validate(self, password, user=None):
        words, letters = set(_words(password)), re.sub(r"[^a-z]", "", _folded(password))
        for name in names_of(user):
            if name in words or (len(name) >= SHORTEST_PART and name in letters):
                raise ValidationError(_("Your name is in it. Others would try that first. Take other words."))

    def get_help_text(self):
        return _("Without your name.")


def names_of(user):
    """The parts of an account's name and address, in plain small letters."""
    if user is None:
        return []
    return _words(f"{user.name} {(user.email or '').partition('@')[0]}")


def _guesses(words, known):
    """How many tries somebody needs who has lists of stolen passwords, and tries `known` words first."""
    if not words:
        return 0
    looked_at = words[:LONGEST_LOOKED_AT]
    return zxcvbn(looked_at, user_inputs=known, max_length=LONGEST_LOOKED_AT)["guesses"]


def _without(known, password):
    """What is left for those who know where it is used, and by whom."""
    return re.sub("|".join(map(re.escape, known)) or "$.", "", password, flags=re.IGNORECASE)


def _words(text):
    return [word for word in re.split(r"[^a-z]+", _folded(text)) if len(word) > 1]


def _folded(text):
    return anyascii(text).lower()
