"""A patient's file is corrected at the desk. What it said before stays in the trail, and the search still finds it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from clinic.errors import ChangedMeanwhile
from clinic.models import Patient, PatientChange, PatientDetails, User
from clinic.models.patient_details import SAID
from clinic.people import auditing, identifiers
from clinic.signals import patient_corrected

NAMES = ("given_name", "family_name")


@dataclass(frozen=True)
class Why:
    """Who corrects something, when, and for what reason."""

    by: User | None
    at: datetime
    reason: str = ""


def version(patient):
    """Changes with each correction: a page that was opened before one does not overwrite it."""
    return patient.changes.aggregate(last=Max("pk"))["last"] or 0


def correct(patient, values, why, *, seen):
    """Write `values` (names of fields of Patient and PatientDetails, and `identifier`: kind and number) into the file.

    `seen` is the `version` that the person looked at. Returns the names of what changed. Raises ChangedMeanwhile, and
    PatientMerged for an entry that was merged.
    """
    with transaction.atomic():
        Patient.objects.lock_unmerged(patient.pk)
        person = Patient.objects.get(pk=patient.pk)
        if seen != version(person):
            raise ChangedMeanwhile(_("Somebody else has changed this file since you opened it. Look at it again."))
        details = PatientDetails.objects.filter(patient=person).first() or PatientDetails(patient=person)
        changes = [*_changes(person, values), *_changes(details, values), *_of_identifier(details, values)]
        if changes:
            note(person, changes, why, what=_("file"))
            _save(person, details, {field: before for field, before, _after in changes})
            patient_corrected.send(Patient, patient=person, fields=[change[0] for change in changes], at=why.at)
    patient.refresh_from_db()
    return [field for field, _before, _after in changes]


def note(patient, changes, why, *, what):
    """Keep in the trail what was changed: (field, before, after) each. `what` is how the audit trail names it."""
    said = {"patient": patient, "reason": why.reason, "at": why.at, "by": why.by}
    PatientChange.objects.bulk_create(
        PatientChange(field=field, before=str(before)[:SAID], after=str(after)[:SAID], **said)
        for field, before, after in changes
    )
    auditing.changed(patient, by=why.by, what=what)


def _changes(row, values):
    """Set the values on the row, and say what differs from before."""
    for field in row._meta.concrete_fields:
        if field.name in values and not field.is_relation:
            before, after = getattr(row, field.attname), values[field.name]
            if (before or "") != (after or ""):
                setattr(row, field.attname, after or (None if field.null else field.get_default()))
                yield field.name, _written(before), _written(after)


def _of_identifier(details, values):
    """The number itself is not in the trail, only on which document it stood."""
    if "identifier" not in values:
        return
    kind, number = values["identifier"]
    before = (details.identifier_kind, identifiers.number_of(details))
    after = (kind if number.strip() else "", number.strip())
    if before != after:
        was = details.get_identifier_kind_display()
        identifiers.write(details, kind, number)
        yield "identifier", was, details.get_identifier_kind_display()


def _written(value):
    return "" if value in (None, False) else value


def _save(person, details, before):
    """`before`: what each changed field said until now."""
    if before.keys() & NAMES:
        was = " ".join(filter(None, (before.get(name, getattr(person, name)) for name in NAMES)))
        person.former_names = "\n".join(dict.fromkeys([*filter(None, [person.former_names]), was]))
    person.save()
    if details.pk or before.keys() & {"identifier", *(field.name for field in details._meta.fields)}:
        details.save()
