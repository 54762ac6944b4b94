"""The content of a signed record as one text that never changes, with its hash: what `RecordSeal` keeps.

It says what every field of the record and of its parts said, in data and in the words that a page and a PDF show, and
what stood around it: the dose against the limits of then, the warnings that the reasons answer, the consent. Packages
above add sections of their own. Each note that is added later, and a void, has a seal that names the hash before.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language

from clinic.lib.registry import Registry
from clinic.people import auditing
from procedures import audit_kinds
from procedures.models import Procedure, RecordSeal, SealOf
from procedures.records import sealed_facts, sealed_words
from procedures.records.seals import PARTS

FORMAT = 1
RECORD = Procedure._meta.model_name


@dataclass(frozen=True)
class Section:
    """What else a signature seals: `facts(procedure)` is data or None, `blocks(procedure)` the same in words.

    Neither is asked for a seal that is made late: what stood around a record then, nobody knows any more.
    """

    code: str
    facts: Callable
    blocks: Callable


SECTIONS = Registry("section of a sealed record")


def seal_signature(procedure, *, by, at):
    """Seal a record that `by` has just signed, in the transaction of the signature. Returns the RecordSeal."""
    return _add(procedure, SealOf.SIGNATURE, compose(procedure, sections=SECTIONS), by=by, at=at)


def seal_addendum(addendum):
    """Seal a note that was added to a record, in the same transaction."""
    return _add(addendum.procedure, SealOf.ADDENDUM, _of_addendum(addendum), by=addendum.by, at=addendum.at)


def seal_void(procedure, *, by, at):
    """Seal that two people voided a record, and what they said of it, in the same transaction."""
    return _add(procedure, SealOf.VOID, _of_void(procedure.void_request), by=by, at=at)


def seal_late(procedure, *, at):
    """Seal a signed or void record that has no seal, with its notes, from what its rows say. Returns the seals."""
    with transaction.atomic():
        Procedure.objects.select_for_update(of=["self"]).get(pk=procedure.pk)
        if procedure.seals.exists():
            return []
        made = [_add(procedure, SealOf.SIGNATURE, compose(procedure), at=at, was_late=True)]
        for addendum in procedure.addenda.all():
            made.append(_add(procedure, SealOf.ADDENDUM, _of_addendum(addendum), at=at, was_late=True))
        if procedure.is_void:
            made.append(_add(procedure, SealOf.VOID, _of_void(procedure.void_request), at=at, was_late=True))
    return made


def _of_addendum(addendum):
    return {"addendum": sealed_facts.of_row(addendum), "words": [sealed_words.of_addendum(addendum)]}


def _of_void(request):
    return {"void": sealed_facts.of_row(request), "words": [sealed_words.of_void(request)]}


def compose(procedure, *, sections=()):
    """The content of a record as data for `canonical`."""
    blocks = [*sealed_words.of_record(procedure, PARTS)]
    around = {}
    for section in sections:
        facts = section.facts(procedure)
        if facts is not None:
            around[section.code] = facts
        blocks += section.blocks(procedure)
    return {
        "format": FORMAT,
        "language": get_language() or settings.LANGUAGE_CODE,
        "patient": _patient(procedure.patient),
        RECORD: sealed_facts.of_row(procedure),
        **sealed_facts.of_parts(procedure, PARTS),
        "around": around,
        "words": [each for each in blocks if each["pairs"] or each["rows"]],
    }


def _patient(patient):
    names = {"number": patient.pk, "given_name": patient.given_name, "family_name": patient.family_name}
    return {name: sealed_facts.plain(value) for name, value in names.items()} | {
        "birth_date": sealed_facts.plain(patient.birth_date)
    }


def canonical(content):
    """The one text for these data."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(text):
    """SHA-256 in hexadecimal, as `sha256sum` gives it for the text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def _add(procedure, of, content, *, at, by=None, was_late=False):
    last = procedure.seals.order_by("number").last()
    number = last.number + 1 if last else 1
    text = canonical(content if last is None else content | {"after": last.sha256})
    seal = RecordSeal.objects.create(
        procedure=procedure, number=number, of=of, content=text, sha256=digest(text), made_at=at, was_late=was_late
    )
    auditing.noted(audit_kinds.RECORD_SEALED, by=by, what=noted_as(seal))
    return seal


def noted_as(seal):
    """What the audit trail says of a seal: the trail is a chain whose end is known outside the database."""
    return f"{seal.procedure_id}/{seal.number} {seal.sha256}"


def seals_of(procedure, *, at):
    """The RecordSeals of a signed or void record, the signature first; one that has none yet gets them."""
    return list(procedure.seals.all()) or seal_late(procedure, at=at) or list(procedure.seals.all())
