"""How patients are, by what they told us: the worst answer counts until a person has followed it up.

A better answer later is shown as a later answer and ends nothing. Every page shows what is said here, by one template.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.functional import cached_property

from aftercare.models import SymptomCheck, SymptomLevel
from aftercare.symptoms.answers import SEVERITY, advice_of
from clinic.models import Patient, PractitionerRole
from clinic.scheduling import opening_hours, timetable

REMEMBERED = timedelta(days=30)
SETTLED_SHOWN = timedelta(days=7)
LATER_SHOWN = 5


@dataclass(frozen=True)
class Condition:
    """How one patient is at `at`.

    `open` are the answers that nobody has followed up, the worst first, of one level the earliest first; `later` what
    was told after the worst, the newest first. `settled` was followed up last; None while anything is open.
    """

    patient: Patient
    at: datetime
    open: tuple = ()
    later: tuple = ()
    settled: SymptomCheck | None = None

    @property
    def level(self):
        """In a word: "red" or "amber" while open, then "settled"; "well" when nothing was told that worries."""
        if self.open:
            return self.worst.outcome
        return "settled" if self.settled else "well"

    @property
    def worst(self):
        return self.open[0] if self.open else None

    @property
    def is_well(self):
        return self.level == "well"

    @property
    def is_red(self):
        return self.level == SymptomLevel.RED

    @property
    def is_amber(self):
        return self.level == SymptomLevel.AMBER

    @property
    def reasons(self):
        """The open answers of the worst level."""
        return [check for check in self.open if check.outcome == self.worst.outcome]

    @cached_property
    def advice(self):
        return advice_of([row for check in self.reasons for row in check.answers.all()], self.worst.outcome)

    @property
    def has_lung_risk(self):
        return self.worst.care_plan.is_breath_watched

    @property
    def has_phone(self):
        return bool(self.patient.phone)

    @property
    def is_settled_by_doctor(self):
        practitioner = getattr(self.settled.followed_up_by, "practitioner", None)
        return practitioner is not None and practitioner.role == PractitionerRole.PHYSICIAN

    # When somebody calls: never promised for a time at which nobody is here.

    @cached_property
    def _timetable(self):
        return timetable.current()

    @cached_property
    def clinic(self):
        """Whether the clinic is open now, and when it opens."""
        return opening_hours.state(at=self.at, table=self._timetable)

    @cached_property
    def call_by(self):
        """Until when a call is promised; None while no opening is known."""
        return opening_hours.call_by(at=self.worst.answered_at, table=self._timetable)

    @property
    def is_call_late(self):
        """Nobody has called, or noted it, in the time that was promised."""
        return self.call_by is None or self.call_by <= self.at


def of_patient(patient, *, at):
    return of_patients([patient], at=at)[0]


def of_patients(patients, *, at):
    """The Condition of each of these patients, in order. One query while nobody has told anything, else a few."""
    told = {patient.pk: [] for patient in patients}
    for check in _remembered(told, at=at):
        told[check.patient_id].append(check)
    return [_condition(patient, told[patient.pk], at=at) for patient in patients]


def _remembered(patients, *, at):
    """What is open, however old it is, and what was told lately; the earliest first."""
    lately = Q(answered_at__gt=at - REMEMBERED) | Q(followed_up_at__gt=at - SETTLED_SHOWN)
    is_open = Q(followed_up_at=None) & ~Q(outcome=SymptomLevel.GREEN)
    checks = SymptomCheck.objects.filter(lately | is_open, patient__in=patients).order_by("answered_at", "pk")
    checks = checks.select_related("followed_up_by__practitioner", "care_plan__procedure")
    return checks.prefetch_related("answers__question", "care_plan__procedure__sites__muscle")


def _condition(patient, told, *, at):
    open_ones = sorted((check for check in told if check.needs_follow_up), key=lambda each: -SEVERITY[each.outcome])
    if not open_ones:
        return Condition(patient, at, settled=_settled(told, at=at))
    worst = open_ones[0]
    after = told[told.index(worst) + 1 :]
    later = [check for check in after if not _is_reason(check, worst) and not (check.adds_to_id and check.is_green)]
    return Condition(patient, at, tuple(open_ones), tuple(later[: -LATER_SHOWN - 1 : -1]))


def _is_reason(check, worst):
    return check.needs_follow_up and check.outcome == worst.outcome


def _settled(told, *, at):
    settled = [check for check in told if check.followed_up_at and check.followed_up_at > at - SETTLED_SHOWN]
    return max(settled, key=lambda check: (check.followed_up_at, check.pk), default=None)
