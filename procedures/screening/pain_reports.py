"""Where and how it hurts, as the patient reports it."""

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.errors import DomainError
from clinic.models import Patient
from procedures.models import PainReport


def submit(patient, *, areas, score, by, at, qualities=(), triggers=(), causes=(), own_words=""):
    """Save a new report beside the earlier ones; `score` is 0 to 10.

    Raises DomainError for the field `areas` when no place is marked and PatientMerged for an entry that was merged.
    """
    areas = list(areas)
    if not areas and score > 0:
        raise DomainError(_("Mark at least one place where it hurts."), field="areas")
    with transaction.atomic():
        Patient.objects.lock_unmerged(patient.pk)
        report = PainReport.objects.create(
            patient=patient,
            score=score,
            qualities=list(qualities),
            triggers=list(triggers),
            causes=list(causes),
            own_words=own_words.strip(),
            told_at=at,
            told_by=by,
        )
        report.areas.set(areas)
    return report


def latest(patient):
    """The newest report with its areas, or None."""
    return PainReport.objects.filter(patient=patient).prefetch_related("areas__region").first()
