"""What patients report in the days after: one answer is enough, and what is missing can be added.

Each answer has its level in the catalogue of questions; the worst one applies. It is never a diagnosis.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftercare.models import Asks, CareCheck, SymptomAnswer, SymptomCheck, SymptomLevel, SymptomQuestion
from aftercare.symptoms import follow_ups
from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import Patient
from clinic.people import auditing

SEVERITY = {SymptomLevel.GREEN: 0, SymptomLevel.AMBER: 1, SymptomLevel.RED: 2}
PLEASE_CALL = gettext_lazy("Please call us and tell us how you are.")  # if a clinic has no questions yet
OF_NO_USE = gettext_lazy("This page is of no use any more. If you feel unwell, call us.")
NOTHING_TOLD = gettext_lazy("Choose one answer at least, or write what worries you.")


def questions_for(plan, *, asks=Asks.HOW_ARE_YOU):
    """What this plan's patient is asked: about breathing only after a needle near the lung, and then first of all."""
    questions = list(SymptomQuestion.objects.filter(is_active=True))
    near_lung = [question for question in questions if question.only_near_lung]
    if asks == Asks.BREATHING and near_lung:
        return near_lung
    others = [question for question in questions if not question.only_near_lung]
    return [*near_lung, *others] if plan.is_breath_watched else others


def choices_of(question):
    """(level, text) of each answer to this question, the best first."""
    words = [
        (SymptomLevel.GREEN, question.green_words),
        (SymptomLevel.AMBER, question.amber_words),
        (SymptomLevel.RED, question.red_words),
    ]
    return [(level, text) for level, text in words if text]


def unanswered_in(check):
    """The questions that were asked with these answers and not answered."""
    rows = SymptomAnswer.objects.filter(check_made=check, level="").select_related("question")
    return [row.question for row in rows]


def missing_from(check):
    """Those of `unanswered_in` that were not answered later either, by what was added."""
    added = set(SymptomAnswer.objects.filter(check_made__adds_to=check).values_list("question", flat=True))
    return [question for question in unanswered_in(check) if question.pk not in added]


@dataclass(frozen=True)
class Told:
    """What a patient says on one page: `levels` maps the keys of the questions that were answered to a SymptomLevel.

    `care_check` is the moment whose link was used; without it the same `request_token` is the same page. `adds_to`
    are the earlier answers that this adds to. `sounds_red`: the own words do, so they are red without a choice.
    """

    levels: dict
    own_words: str = ""
    care_check: CareCheck | None = None
    request_token: str | None = None
    adds_to: SymptomCheck | None = None
    sounds_red: bool = False

    @property
    def is_worrying(self):
        """Somebody has to phone: red, amber or own words."""
        return bool(self.own_words.strip()) or any(SEVERITY.get(level) for level in self.levels.values())

    @property
    def asks(self):
        return self.care_check.asks if self.care_check else Asks.HOW_ARE_YOU


def submit(plan, told, *, at, by=None, address=None):
    """Save the patient's answers as a SymptomCheck; red and amber open a work item in the same transaction.

    One amber or red answer is enough, and so are own words, which ask for a call: a person reads them. What was asked
    and not answered is saved as that. The same answers by the same link or page are saved once. Without a link an
    open question is answered too. Raises DomainError when nothing was told, and when all that was told is well but
    not all is told (unless it adds to earlier answers); PatientMerged for an entry that was merged; MoveNotAllowed
    when nothing can be asked, or the record was voided and all is well.
    """
    rows = _rows(plan, told)
    with transaction.atomic():
        _lock(plan, told)
        token = _token(plan, told, rows)
        if earlier := token and SymptomCheck.objects.filter(request_token=token).first():
            return earlier
        check = SymptomCheck.objects.create(
            care_plan=plan,
            patient_id=plan.patient_id,
            care_check=_asked(plan, told, at=at),
            adds_to=told.adds_to,
            outcome=_outcome(rows, told),
            own_words=told.own_words.strip(),
            answered_at=at,
            answered_by=by if by and by.is_authenticated else None,
            request_token=token,
        )
        for row in rows:
            row.check_made = check
        SymptomAnswer.objects.bulk_create(rows)
        follow_ups.open_item(check, rows, at=at)
        follow_ups.say_what_came_later(check)
        auditing.wrote(check.patient, by=by, what="symptom answers", address=address)
    return check


def told_by_link(care_check):
    """The keys of all that was reported by this link: who has it may read that again."""
    told = SymptomCheck.objects.filter(request_token__startswith=_by_link(care_check))
    return list(told.values_list("pk", flat=True))


def worst_answer_to(care_check):
    """The worst of what was reported by this link, or signed in while its question was open, and is no addition; of
    several the newest; None without one.
    """
    answers_it = Q(care_check=care_check) | Q(request_token__startswith=_by_link(care_check))
    told = SymptomCheck.objects.filter(answers_it, adds_to=None)
    return max(told, key=lambda check: (SEVERITY[check.outcome], check.pk), default=None)


def advice_of(rows, level):
    """What to do now, of each answer of this level; nothing of the others, so that the first thing is shown alone."""
    advice = [getattr(row.question, f"{level}_advice") for row in rows if row.level == level]
    return list(dict.fromkeys(filter(None, advice)))


def _rows(plan, told):
    """A row for each question that was asked; what adds to earlier answers has rows for its own answers only."""
    questions = unanswered_in(told.adds_to) if told.adds_to else questions_for(plan, asks=told.asks)
    if not questions and not told.adds_to:
        raise MoveNotAllowed(PLEASE_CALL)
    rows = [_answer(question, told.levels.get(question.pk)) for question in questions]
    answered = [row for row in rows if not row.is_unanswered]
    if not answered and not told.own_words.strip():
        raise DomainError(NOTHING_TOLD)
    if told.adds_to:
        return answered
    if len(answered) < len(rows) and not told.is_worrying:
        raise DomainError(_("Answer every question, please."))
    return rows


def _answer(question, level):
    words = dict(choices_of(question)) | {"": ""}
    if (level or "") not in words:
        raise DomainError(_("Choose an answer of this question."))
    return SymptomAnswer(question=question, level=level or "", words=words[level or ""])


def _outcome(rows, told):
    levels = [row.level for row in rows if not row.is_unanswered]
    if told.own_words.strip():
        levels.append(SymptomLevel.RED if told.sounds_red else SymptomLevel.AMBER)
    return max(levels, key=SEVERITY.__getitem__)


def _lock(plan, told):
    """Serialises a patient's answers, each with the current state of the plan.

    Who is unwell is heard even when the record was voided.
    """
    Patient.objects.lock_unmerged(plan.patient_id)
    plan.refresh_from_db(fields=["ended_at"])
    if not plan.is_standing and not told.is_worrying:
        raise MoveNotAllowed(OF_NO_USE)


def _token(plan, told, rows):
    """What makes two answers the same: the link or the page that they were sent from, and the answers.

    By a link, what was followed up in between makes the same words a new report: somebody says that it is back.
    """
    if told.care_check is None and not told.request_token:
        return None
    levels = "".join(row.level[:1] or "-" for row in rows)
    said = f"{levels} {told.own_words.strip()}"
    if told.adds_to:
        said += f" to {told.adds_to.pk}"
    if told.care_check is None:
        mark = salted_hmac("aftercare.symptoms", f"{told.request_token} {said}").hexdigest()
        return f"page {plan.pk}: {mark[:40]}"
    if settled := _followed_up_last(plan):
        said += f" after {settled.pk}"
    return f"{_by_link(told.care_check)}{salted_hmac('aftercare.symptoms', said).hexdigest()[:40]}"


def _followed_up_last(plan):
    followed_up = SymptomCheck.objects.filter(care_plan=plan, followed_up_at__isnull=False)
    return followed_up.order_by("followed_up_at", "pk").last()


def _by_link(care_check):
    return f"link {care_check.pk}: "


def _asked(plan, told, *, at):
    """The check that this answers: None for a repeated report, and for what adds to one."""
    if told.adds_to:
        return None
    if told.care_check:
        return None if SymptomCheck.objects.filter(care_check=told.care_check).exists() else told.care_check
    unanswered = CareCheck.objects.filter(care_plan=plan, symptom_check=None, due_at__lte=at, open_until__gt=at)
    return unanswered.order_by("-due_at").first()
