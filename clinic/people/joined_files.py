"""Two entries are merged: nothing that either file says is lost, and names and documents of both are still found."""

from clinic.models import Patient, PatientDetails
from clinic.models.patients import plain_words
from clinic.people import corrections, identifiers

NOT_MERGED = {"id", "patient", "identifier_kind", "identifier_sealed", "identifier_mark"}
ADDED_UP = {"must_know": "; ", "desk_notes": "\n"}


def join(duplicate, into, why):
    """Write what only the file of `duplicate` says into that of `into`; where both say something, `into` counts.

    `why` (`corrections.Why`) they are one. Words for colleagues are added up. Call it in the transaction of the merge.
    """
    person = Patient.objects.get(pk=into.pk)
    theirs, ours = (PatientDetails.objects.filter(patient=patient).first() for patient in (duplicate, into))
    values = _of(duplicate, person, names=["sex", "must_know", "died_on"])
    if theirs and ours:
        names = [field.name for field in PatientDetails._meta.fields if field.name not in NOT_MERGED]
        values |= _of(theirs, ours, names=names)
        if theirs.identifier_kind and not ours.identifier_kind and (number := identifiers.number_of(theirs)):
            values["identifier"] = (theirs.identifier_kind, number)
    corrections.correct(person, values, why, seen=corrections.version(person))
    _keep_names(duplicate, into)


def _of(theirs, ours, *, names):
    values = {}
    for name in names:
        their_words, our_words = getattr(theirs, name), getattr(ours, name)
        if their_words and not our_words:
            values[name] = their_words
        elif their_words and name in ADDED_UP and their_words not in our_words:
            longest = ours._meta.get_field(name).max_length
            values[name] = f"{our_words}{ADDED_UP[name]}{their_words}"[:longest]
    return values


def _keep_names(duplicate, into):
    person = Patient.objects.get(pk=into.pk)
    known = (person.former_names or "").split("\n")
    called = [str(duplicate), *(duplicate.former_names or "").split("\n")]
    new = [name for name in called if name and plain_words(name) != plain_words(str(person))]
    if new:
        person.former_names = "\n".join(dict.fromkeys(filter(None, [*known, *new])))
        person.save(update_fields=["former_names", "search_name"])
