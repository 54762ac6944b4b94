"""Finding a patient among very many, from whatever the caller gives: parts of the name, birth date, phone, e-mail, or
the whole number of a document. What was corrected is found, too.

Finding never decides who somebody is. A person at the desk looks at the answers and chooses.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher

from django.conf import settings
from django.db.models import Q
from phonenumbers import country_code_for_region

from clinic.lib.texts import without_invisible
from clinic.models import ContactSystem, Patient, PatientChange, PatientContact, PatientDetails
from clinic.models.patients import plain_words
from clinic.people import identifiers

# Found by an index first and put in order afterwards, so that "an" among a million people costs as little as a name.
LOOKED_AT = 200
MIN_DIGITS = 4
MIN_NAME_LENGTH = 2
MAX_WORDS = 6
LOOKALIKES = 10
SIMILAR = 0.8
DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})(?:[./-]|\.? )(\d{1,2})(?:[./-]|\.? )((?:18|19|20)\d\d)(?!\d)")
YEAR_FIRST = re.compile(r"(?<!\d)((?:18|19|20)\d\d)[./ -](\d{1,2})[./ -](\d{1,2})(?!\d)")
PHONE = re.compile(r"\+?\d[\d ()/.-]*")


@dataclass(frozen=True)
class PatientMatches:
    """Some patients in the order of their names; `has_more` when more match than are shown."""

    patients: list = field(default_factory=list)
    has_more: bool = False


@dataclass(frozen=True)
class SearchTerms:
    """What somebody typed, taken apart. `name` is as it was typed."""

    name: str = ""
    birth_date: date | None = None
    phone: str = ""
    email: str = ""

    @property
    def names(self):
        return plain_words(self.name)[:MAX_WORDS]

    @property
    def asks_something(self):
        return bool(self.birth_date or self.phone or self.email or any(len(n) >= MIN_NAME_LENGTH for n in self.names))


def find_patients(words, *, limit, among=None):
    """Up to `limit` patients (`PatientMatches`) who match everything in `words`; nobody when it says too little.

    `among` is a QuerySet of those the person may see. People who were merged into another one are left out.
    """
    question = read(words)
    rows = Patient.objects.all() if among is None else among
    if numbered := _with_this_number(words, rows):
        return PatientMatches(patients=numbered[:limit], has_more=len(numbered) > limit)
    if not question.asks_something:
        return PatientMatches()
    fitting = rows.filter(merged_into=None).called(question.names)
    if question.birth_date:
        fitting = fitting.filter(pk__in=_born(question.birth_date))
    for begins in (_phone_begins(question.phone), _email_begins(question.email)):
        if begins is not None:
            fitting = fitting.filter(pk__in=PatientContact.objects.filter(begins).values("patient"))
    some = fitting.order_by().values("pk")[: max(LOOKED_AT, limit + 1)]
    found = list(rows.filter(pk__in=some)[: limit + 1])
    return PatientMatches(patients=found[:limit], has_more=len(found) > limit)


def note_earlier(patients, words):
    """Give each its `earlier` addresses that these words fit: why somebody is found who has others now.

    Their contacts have been read before.
    """
    question = read(words)
    digits = re.sub(r"\D", "", question.phone).lstrip("08")
    for patient in patients:
        ended = [contact for contact in patient.contacts.all() if contact.until]
        phones = [contact.value for contact in ended if contact.is_phone and digits and digits in contact.value]
        emails = [c.value for c in ended if c.is_email and question.email and c.value.startswith(question.email)]
        patient.earlier = phones + emails


def read(words):
    """What somebody typed as a Question: a date, an address with an @, digits; the rest is a name."""
    birth_date, rest = _date_in(without_invisible(words))
    emails = [word for word in rest.split() if "@" in word]
    rest = " ".join(word for word in rest.split() if "@" not in word)
    phones = PHONE.findall(rest)
    return SearchTerms(
        name=" ".join(PHONE.sub(" ", rest).split()),
        birth_date=birth_date,
        phone=phones[0].strip() if phones else "",
        email="".join(emails[:1]).lower(),
    )


def possible_duplicates(newcomer, *, among=None):
    """Patients who may be the same person as this `registration.Newcomer` (or Patient): a similar name and the same
    birth date, or the same e-mail or phone. A family shares both, so a person decides."""
    rows = Patient.objects.all() if among is None else among
    addresses = [address for address in (newcomer.email.lower(), newcomer.phone) if address]
    reached = PatientContact.objects.filter(value__in=addresses).values("patient")
    candidates = rows.filter(merged_into=None).filter(Q(birth_date=newcomer.birth_date) | Q(pk__in=reached))
    reached_here = set(reached.values_list("patient", flat=True)[:LOOKED_AT]) if addresses else set()
    names = plain_words(f"{newcomer.given_name} {newcomer.family_name}")
    fitting = [p for p in candidates[:LOOKED_AT] if p.pk in reached_here or _is_similar(names, p)]
    return fitting[:LOOKALIKES]


def same_people(patient):
    """Other entries of this patient's name and birth date (spelt nearly alike, where they share an address), or with
    the same number of a document. The database is asked once, and again only where somebody was born on the same day.
    """
    others = Patient.objects.filter(merged_into=None).exclude(pk=patient.pk)
    born = list(others.filter(birth_date=patient.birth_date).order_by("pk")[:LOOKED_AT])
    same = [other for other in born if _is_called_the_same(patient, other)]
    details = PatientDetails.objects.filter(patient=patient).exclude(identifier_mark="").first()
    if details:
        numbered = PatientDetails.objects.filter(identifier_mark=details.identifier_mark).values("patient")
        same += [other for other in others.filter(pk__in=numbered) if other not in same]
    return same[:LOOKALIKES]


def share_an_address(one, other):
    """Whether both are, or were, reached at one e-mail or phone."""
    rows = PatientContact.objects.filter(patient__in=[one.pk, other.pk]).values_list("patient", "system", "value")
    places = {pk: {(system, value.casefold()) for of, system, value in rows if of == pk} for pk in (one.pk, other.pk)}
    return bool(places[one.pk] & places[other.pk])


def _is_called_the_same(one, other):
    """The same words; or each name nearly so, at one address: twins share a birth date and an address, but no name."""
    if sorted(plain_words(str(one))) == sorted(plain_words(str(other))):
        return True
    pairs = [(getattr(one, name), getattr(other, name)) for name in ("given_name", "family_name")]
    is_near = all(SequenceMatcher(None, *(" ".join(plain_words(n)) for n in pair)).ratio() >= SIMILAR for pair in pairs)
    return is_near and share_an_address(one, other)


def _with_this_number(words, rows):
    """Those whose document has exactly this number, if it may be one."""
    if not identifiers.is_perhaps_one(words):
        return []
    own = identifiers.with_number(words).values_list("patient", "patient__merged_into")
    return list(rows.filter(merged_into=None, pk__in={merged or pk for pk, merged in own}))


def _born(day):
    """Those who were born on this day, or of whom the file said so before it was corrected. Both have an index."""
    was = PatientChange.objects.filter(field="birth_date", before=day.isoformat())
    return Patient.objects.filter(birth_date=day).order_by().values("pk").union(was.order_by().values("patient"))


def _date_in(words):
    """The birth date in it, if there is one that exists, and what is left without it."""
    for pattern, order in ((YEAR_FIRST, (0, 1, 2)), (DAY_FIRST, (2, 1, 0))):
        if match := pattern.search(words):
            parts = [int(part) for part in match.groups()]
            try:
                day = date(*(parts[place] for place in order))
            except ValueError:
                continue
            return day, f"{words[: match.start()]} {words[match.end() :]}"
    return None, words


def _phone_begins(typed):
    """As a number is stored, with its country, whichever way its beginning was typed: +370 6…, 370 6…, 8 6…, 06…, 6…"""
    digits = re.sub(r"\D", "", typed)
    if not digits:
        return None
    if typed.startswith("+"):
        begins = [digits]
    elif digits.startswith("00"):
        begins = [digits[2:]]
    else:
        country = str(country_code_for_region(settings.PHONENUMBER_DEFAULT_REGION))
        begins = [digits, country + digits]
        begins += [country + digits[1:]] if digits[0] in "08" else []
    if max(map(len, begins)) < MIN_DIGITS:
        return Q(pk__in=[])
    return Q(Q(*(Q(value__startswith=f"+{begin}") for begin in begins), _connector=Q.OR), system=ContactSystem.PHONE)


def _email_begins(typed):
    return Q(system=ContactSystem.EMAIL, value__startswith=typed) if typed else None


def _is_similar(names, patient):
    """Some part of one name is nearly equal to one of the other: sisters and spellings; the birth date is the same."""
    theirs = plain_words(str(patient))
    return any(SequenceMatcher(None, ours, other).ratio() >= SIMILAR for ours in names for other in theirs)
