"""Whose message it is. A family shares a phone or an address, so every letter names the person it is about.

The first name and the first letter of the other: enough for the family, little for a stranger who sees the screen. Two
who would be called the same at one address are told apart by the year they were born in.
"""

import unicodedata

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.lib.names import without_address
from clinic.messaging import sms_segments
from clinic.models import MessageChannel, Patient
from clinic.models.patients import short_name

LONGEST_IN_SMS = 18  # letters of the first name: two links and the clinic's name must fit beside it


def words_for(patient, channel, *, has_namesake=False, on=None):
    """What the templates know of the person: `name`, `given_name`, and `is_child`, where a parent is spoken to.

    In an SMS names are written in the GSM alphabet: one other letter would double its price, and with two links no two
    SMS would hold it. An e-mail, and every page, writes them as they are. `on`: the day on which it is read.
    """
    is_sms = channel == MessageChannel.SMS
    name = _short_in_sms(patient) if is_sms else isolated(without_address(patient.short_name))
    if has_namesake:
        name = _("%(name)s (born %(year)d)") % {"name": name, "year": patient.birth_date.year}
    return {
        "name": name,
        "given_name": name if is_sms else isolated(without_address(patient.called)),
        "is_child": patient.is_child(on or timezone.localdate()),
    }


def on_page(patient):
    """`words_for` the pages that a message's link leads to. Anyone who has the link sees them."""
    places = [contact.value for contact in patient.contacts.all() if contact.until is None]
    return words_for(patient, MessageChannel.EMAIL, has_namesake=has_namesake(patient, *places))


def has_namesake(patient, *places):
    """Whether somebody else who is reached at one of these would be called the same."""
    others = Patient.objects.filter(contacts__value__in=places, contacts__until=None, merged_into=None)
    return any(_same(other, patient) for other in others.exclude(pk=patient.pk))


def isolated(name):
    """A name that is read from right to left keeps its dots and brackets to itself (Unicode TR 9, FSI and PDI)."""
    is_rtl = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in name)
    return f"\u2068{name}\u2069" if is_rtl else name


def _same(other, patient):
    return _short_in_sms(other).casefold() == _short_in_sms(patient).casefold()


def _short_in_sms(patient):
    """ "Maximiliana-Konstantina Berg" is "Maximiliana-Konst. B."."""
    names = (without_address(name) for name in (patient.given_name, patient.family_name))
    given, family = (_capital(sms_segments.romanised(name) or name) for name in names)
    if not given:
        return _at_most(family)
    return short_name(_at_most(given), family)


def _at_most(name):
    return name if len(name) <= LONGEST_IN_SMS else name[: LONGEST_IN_SMS - 1].rstrip() + "."


def _capital(name):
    return name[:1].upper() + name[1:]
