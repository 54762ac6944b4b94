"""The pain diary: a number from 0 to 10 in the days after, and the change since before the injection."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftercare.models import Asks, CareCheck, PainDiaryEntry
from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import Patient

WORST = 10
OPEN_FOR = timedelta(weeks=8)  # the last question comes after six weeks
# A change that people call "much better" (Salaffi 2004, PMID 15207508): whichever of the two is smaller.
NOTICED_POINTS = 2
NOTICED_PERCENT = 33


class DiaryClosed(MoveNotAllowed):
    sentence = gettext_lazy("This diary is closed. If it hurts again, please call us.")


def is_open(plan, *, at):
    """Whether this plan's patient may still report pain."""
    return plan.is_standing and plan.starts_at <= at < plan.starts_at + OPEN_FOR


def add_entry(plan, *, score, at, by=None, request_token=None):
    """Save that the pain is `score` at `at`; 0 is none, 10 the worst. Returns the PainDiaryEntry.

    An open question is answered too. The same `request_token` with the same score gives the entry back. Raises
    DomainError for an invalid score, MoveNotAllowed when the time has passed and when the record was voided,
    PatientMerged for an entry that was merged.
    """
    _refuse_unless_score(score)
    token = f"{plan.pk}:{score}:{request_token}" if request_token else None
    with transaction.atomic():
        _lock(plan)
        if token and (told := PainDiaryEntry.objects.filter(request_token=token).first()):
            return told
        if not is_open(plan, at=at):
            raise DiaryClosed
        entry = PainDiaryEntry(score=score, told_at=at, told_by=by, request_token=token)
        return _keep(entry, plan, care_check=_unanswered(plan, at=at))


def answer_check(care_check, *, score, at, by=None):
    """Save the number that came by the link of this question, which takes one answer: the same again gives it back.

    Returns and raises as `add_entry` does, and MoveNotAllowed when the question was answered with another score.
    """
    plan = care_check.care_plan
    _refuse_unless_score(score)
    with transaction.atomic():
        _lock(plan)
        if not (is_open(plan, at=at) or _is_asked(care_check, plan, at=at)):
            raise DiaryClosed
        if told := PainDiaryEntry.objects.filter(care_check=care_check).first():
            return _same(told, score)
        return _keep(PainDiaryEntry(score=score, told_at=at, told_by=by), plan, care_check=care_check)


def _refuse_unless_score(score):
    if score not in range(WORST + 1):
        raise DomainError(_("Choose a number from 0 to 10."), field="score")


def _keep(entry, plan, *, care_check):
    entry.care_plan, entry.patient_id, entry.care_check = plan, plan.patient_id, care_check
    entry.save(force_insert=True)
    return entry


def _lock(plan):
    """Serialises a patient's answers, each with the current state of the plan."""
    Patient.objects.lock_unmerged(plan.patient_id)
    plan.refresh_from_db(fields=["ended_at"])


def _is_asked(care_check, plan, *, at):
    """A protocol may ask later than the diary would otherwise be open."""
    return plan.is_standing and care_check.is_open(at=at)


def _same(told, score):
    if told.score != score:
        raise MoveNotAllowed(_("You have told us a number here already. For a new one, sign in."))
    return told


def _unanswered(plan, *, at):
    checks = CareCheck.objects.filter(care_plan=plan, asks=Asks.HOW_ARE_YOU, pain_entry=None)
    return checks.filter(due_at__lte=at, open_until__gt=at).order_by("-due_at").first()


@dataclass(frozen=True)
class Change:
    """Pain before the injection (None: unknown, so nothing is compared) and now, both from 0 to 10."""

    before: int | None
    now: int

    @property
    def is_noticed(self):
        """It hurts so much less that people notice."""
        return self.is_less and self.before - self.now >= noticed(self.before)

    @property
    def is_less(self):
        return self.before is not None and self.now < self.before

    @property
    def is_same(self):
        return self.now == self.before

    @property
    def is_more(self):
        return self.before is not None and self.now > self.before


def noticed(before):
    """By how many points pain must fall from `before` so that people notice: 2 points or 33 %, whichever is less."""
    return min(NOTICED_POINTS, NOTICED_PERCENT * before / 100)
