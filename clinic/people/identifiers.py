"""The number that a country gives to a person: encrypted in the database, and found at the desk by its keyed hash."""

import re

from django.conf import settings

from clinic.lib.sealed_values import SealedValues
from clinic.models import PatientDetails

LOOKS_LIKE_ONE = re.compile(r"(?=.*\d)[A-Z0-9]{5,30}")


def _keys():
    return settings.IDENTIFIER_KEYS or [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


SEALED = SealedValues(salt="clinic.identifier", keys=_keys)


def write(details, kind, number):
    """Put the number into unsaved `details`; an empty one takes it away."""
    plain = plain_number(number)
    details.identifier_kind = kind if plain else ""
    details.identifier_sealed = SEALED.seal(number.strip()) if plain else None
    details.identifier_mark = SEALED.mark(plain) if plain else ""


def number_of(details):
    """As it was written; "" without one, None if the key that sealed it is gone."""
    return SEALED.open(details.identifier_sealed) if details.identifier_sealed else ""


def plain_number(number):
    """Without the spaces, dots and strokes that people write into it."""
    return "".join(each for each in number.upper() if each.isalnum())


def with_number(number):
    """The patients' rows (a QuerySet of `PatientDetails`) with exactly this number."""
    return PatientDetails.objects.filter(identifier_mark__in=SEALED.marks(plain_number(number)))


def is_perhaps_one(words):
    """Whether what somebody typed into the search may be such a number."""
    return "@" not in words and bool(LOOKS_LIKE_ONE.fullmatch(plain_number(words)))
