"""The dangers of a patient, each with its latest answer, as old as it is."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.models import AlertKind, AlertState, PatientAlert
from clinic.models.health import ALWAYS_ASKED
from procedures.models import ScreeningQuestion


@dataclass(frozen=True)
class Alert:
    """The latest answer about one danger; `asked_at` is None if nobody has asked."""

    kind: str
    state: str
    detail: str
    asked_at: datetime | None
    days_ago: int
    is_stale: bool
    is_not_asked: bool = False  # it does not apply to the patient's sex

    @property
    def label(self):
        return AlertKind(self.kind).label

    @property
    def state_label(self):
        return _("does not apply") if self.is_not_asked else AlertState(self.state).label

    @property
    def was_never_asked(self):
        return self.asked_at is None and not self.is_not_asked

    @property
    def is_present(self):
        return self.state == AlertState.PRESENT

    @property
    def is_unknown(self):
        """Nobody knows: not asked, not known, or answered so long ago that "no" has expired."""
        return self.state == AlertState.UNKNOWN or (self.state == AlertState.ABSENT and self.is_stale)


def alerts_of(patient, *, at, noted_until=None):
    """The latest answer about each danger, in one order, as old as it is at this moment: always about those of
    ALWAYS_ASKED, about the others if the clinic asks about them or somebody noted them.

    `noted_until` leaves out later answers; without it all are included.
    """
    rows = PatientAlert.objects.filter(patient=patient).order_by("noted_at", "pk")
    if noted_until:
        rows = rows.filter(noted_at__lt=noted_until)
    last = {row.kind: row for row in rows}
    known = ALWAYS_ASKED | last.keys()
    asked, not_asked = ScreeningQuestion.objects.kinds_by_patient(patient)
    kinds = [kind for kind in AlertKind.values if kind in known | asked | not_asked]
    return [_alert(kind, last.get(kind), at=at, is_not_asked=kind in not_asked) for kind in kinds]


def _alert(kind, row, *, at, is_not_asked):
    if is_not_asked and (row is None or row.state != AlertState.PRESENT):
        return Alert(kind, AlertState.ABSENT, "", None, 0, is_stale=False, is_not_asked=True)
    if row is None:
        return Alert(kind, AlertState.UNKNOWN, "", None, 0, is_stale=False)
    days_ago = max((timezone.localdate(at) - timezone.localdate(row.noted_at)).days, 0)
    return Alert(kind, row.state, row.detail, row.noted_at, days_ago, is_stale=row.is_stale(at=at))


def allergy_in_words(patient, *, at):
    """What the patient said about allergies in words, "" when there is nothing to code."""
    found = next(alert for alert in alerts_of(patient, at=at) if alert.kind == AlertKind.ALLERGY)
    return found.detail if found.is_present else ""
