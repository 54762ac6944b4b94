"""Where and how it hurts, as the patient reports it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.errors import DomainError
from clinic.models import Patient
from procedures.models import BodyArea, PainCause, PainQuality, PainReport, PainTrigger


@dataclass(frozen=True)
class Pain:
    """Where somebody has pain, how strong it is (`score`, 0 to 10) and how it feels."""

    areas: Iterable[BodyArea]
    score: int
    qualities: Iterable[PainQuality] = ()
    triggers: Iterable[PainTrigger] = ()
    causes: Iterable[PainCause] = ()
    own_words: str = ""


def submit(patient, pain, *, by, at):
    """Save a new report beside the earlier ones.

    Raises DomainError for the field `areas` when no place is marked and PatientMerged for an entry that was merged.
    """
    areas = list(pain.areas)
    if not areas and pain.score > 0:
        raise DomainError(_("Mark at least one place where it hurts."), field="areas")
    with transaction.atomic():
        Patient.objects.lock_unmerged(patient.pk)
        report = PainReport.objects.create(
            patient=patient,
            score=pain.score,
            qualities=list(pain.qualities),
            triggers=list(pain.triggers),
            causes=list(pain.causes),
            own_words=pain.own_words.strip(),
            told_at=at,
            told_by=by,
        )
        report.areas.set(areas)
    return report


def latest(patient):
    """The newest report with its areas, or None."""
    return PainReport.objects.filter(patient=patient).prefetch_related("areas__region").first()
