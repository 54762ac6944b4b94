"""A patient whose every word is a mark that stands nowhere else: where one turns up, something was let out."""

import re

from django.db import IntegrityError, models, transaction

from clinic.privacy import own_data
from procedures.records import seals

MARK = re.compile(r"zq\d{4}k", re.IGNORECASE)
PHONE = "+37061200417"
# A person's own words fit only into long columns; these long ones are the machine's.
MACHINES = {"key", "provider_reference", "words_sha256", "sha256", "request_token", "search_name", "claim_token"}
SHORTEST = 100


def mark(patient):
    """Replace every word about the patient, in the database, past all acts. Returns mark -> model and field."""
    marks = {}
    seals.lift()
    for model, rows in own_data.rows_of(patient, given_only=False).items():
        for field in model._meta.concrete_fields:
            if is_for_words(field):
                word = f"Zq{len(marks):04d}k"
                if _written(model, rows, field, word):
                    marks[word.lower()] = f"{model._meta.label}.{field.name}"
    patient.contacts.filter(system="phone").update(value=PHONE)
    seals.seal(None, using="default")
    patient.refresh_from_db()
    patient.save()  # so that the search finds the new name
    return marks


def is_for_words(field):
    if not isinstance(field, (models.CharField, models.TextField)) or field.choices or field.unique:
        return False
    return field.name not in MACHINES and (field.max_length is None or field.max_length >= SHORTEST)


def _written(model, rows, field, word):
    """Whether any row took it: those of the trail and of what has to be empty do not."""
    value = f"{word.lower()}@mail.example" if field.name in ("address", "value") else word
    try:
        with transaction.atomic():
            return bool(model._base_manager.filter(pk__in=[row.pk for row in rows]).update(**{field.name: value}))
    except IntegrityError:
        return False


def found_in(text, *, but=()):
    """The marks in a text, and the patient's phone; not those in `but`."""
    found = {word.lower() for word in MARK.findall(text)} - {word.lower() for word in but}
    return sorted(found | ({PHONE} if PHONE in text or PHONE[4:] in text else set()))
