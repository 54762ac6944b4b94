"""What patients report in the days after, what an answer triggers, and who followed it up.

Each answer has its level in the catalogue of questions; the worst one applies. It is never a diagnosis.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftercare import work_kinds
from aftercare.errors import AlreadyAnswered
from aftercare.models import Asks, CareCheck, SymptomAnswer, SymptomCheck, SymptomLevel, SymptomQuestion
from clinic import worklist
from clinic.errors import DomainError, MoveNotAllowed
from clinic.lib.texts import has_visible_text
from clinic.models import Patient
from clinic.people import auditing
from clinic.scheduling import working_days
from procedures.models import ProcedureStatus

SEVERITY = {SymptomLevel.GREEN: 0, SymptomLevel.AMBER: 1, SymptomLevel.RED: 2}
KINDS = {SymptomLevel.RED: work_kinds.SYMPTOM_RED, SymptomLevel.AMBER: work_kinds.SYMPTOM_AMBER}
PLEASE_CALL = gettext_lazy("Please call us and tell us how you are.")  # if a clinic has no questions yet
OF_NO_USE = gettext_lazy("This page is of no use any more. If you feel unwell, call us.")


def questions_for(plan, *, asks=Asks.HOW_ARE_YOU):
    """What this plan's patient is asked: about breathing only after a needle near the lung, and then first of all."""
    questions = list(SymptomQuestion.objects.filter(is_active=True))
    near_lung = [question for question in questions if question.only_near_lung]
    if asks == Asks.BREATHING and near_lung:
        return near_lung
    others = [question for question in questions if not question.only_near_lung]
    return [*near_lung, *others] if plan.procedure.has_lung_risk else others


def choices_of(question):
    """(level, text) of each answer to this question, the best first."""
    words = [
        (SymptomLevel.GREEN, question.green_words),
        (SymptomLevel.AMBER, question.amber_words),
        (SymptomLevel.RED, question.red_words),
    ]
    return [(level, text) for level, text in words if text]


@dataclass(frozen=True)
class Told:
    """What a patient says on one page: `levels` maps the key of each question that is asked to a SymptomLevel.

    `care_check` is the moment whose link was used; without it the same `request_token` is the same page.
    """

    levels: dict
    own_words: str = ""
    care_check: CareCheck | None = None
    request_token: str | None = None


def submit(plan, told, *, at, by=None, address=None):
    """Save the patient's answers as a SymptomCheck; red and amber open a work item in the same transaction.

    Own words ask for a call, whatever the levels are: a person reads them. A link takes one answer: the same again
    changes nothing, a worse one is saved as reported without being asked, another raises AlreadyAnswered. Without a
    link an open question is answered too, and the same `request_token` changes nothing. Raises DomainError while a
    question is unanswered, MoveNotAllowed for a voided record, PatientMerged for an entry that was merged.
    """
    care_check, own_words = told.care_check, told.own_words.strip()
    asks = care_check.asks if care_check else Asks.HOW_ARE_YOU
    questions = questions_for(plan, asks=asks)
    if not questions:
        raise MoveNotAllowed(PLEASE_CALL)
    rows = [_answer(question, told.levels.get(question.pk)) for question in questions]
    with transaction.atomic():
        _lock(plan)
        if earlier := _earlier_answer(plan, told, rows):
            return earlier
        check = SymptomCheck.objects.create(
            care_plan=plan,
            patient_id=plan.patient_id,
            care_check=_asked(plan, care_check, at=at),
            outcome=_outcome(rows, own_words),
            own_words=own_words,
            answered_at=at,
            answered_by=by if by and by.is_authenticated else None,
            request_token=_token(plan, told, rows),
        )
        for row in rows:
            row.check_made = check
        SymptomAnswer.objects.bulk_create(rows)
        _open_item(check, rows, at=at)
        auditing.wrote(check.patient, by=by, what="symptom answers", address=address)
    return check


def follow_up(check, *, by, note, at):
    """A colleague notes the follow-up of red or amber answers, which also closes the work item.

    Raises DomainError for the field `note` when it is empty, MoveNotAllowed when there is nothing to follow up.
    """
    if not has_visible_text(note):
        raise DomainError(_("Write what was said and done."), field="note")
    with transaction.atomic():
        check = SymptomCheck.objects.select_for_update(of=["self"], no_key=True).get(pk=check.pk)
        if not check.needs_follow_up:
            raise MoveNotAllowed(_("Somebody has followed this up already."))
        _note_follow_up(check, by=by, note=note, at=at)
        for item in item_of(check).requested():
            item.complete(by=by, note=_("followed up"))
    return check


def followed_up_at_desk(item, *, by, note, at):
    """The desk has phoned and noted the call in its work item; if a physician was quicker, that note stays. Other work
    items are nothing to note here.
    """
    if item.work_kind not in KINDS.values():
        return
    check = SymptomCheck.objects.select_for_update(of=["self"], no_key=True).filter(pk=item.cause).first()
    if check and check.needs_follow_up:
        _note_follow_up(check, by=by, note=note, at=at)


def newest_answer_to(care_check):
    """The newest answer to this question, which is also the worst; None without one."""
    by_link = Q(care_check=care_check) | Q(request_token__startswith=_by_link(care_check))
    return SymptomCheck.objects.filter(by_link).order_by("pk").last()


def item_of(check):
    return worklist.find(*KINDS.values(), cause=check.pk)


def to_follow_up(patients):
    """Red answers of these patients that nobody has followed up, the newest first."""
    red = SymptomCheck.objects.to_follow_up().filter(outcome=SymptomLevel.RED, patient__in=patients)
    return red.select_related("patient").prefetch_related("answers__question")


def advice_of(rows, level):
    """What to do now, of each answer of this level; nothing of the others, so that the first thing is shown alone."""
    advice = [getattr(row.question, f"{level}_advice") for row in rows if row.level == level]
    return list(dict.fromkeys(filter(None, advice)))


def call_by(check):
    """Until when the clinic phones about amber answers: shown to the patient."""
    return working_days.call_by(at=check.answered_at)


def _answer(question, level):
    words = dict(choices_of(question))
    if level not in words:
        raise DomainError(_("Answer every question, please."))
    return SymptomAnswer(question=question, level=level, words=words[level])


def _outcome(rows, own_words):
    levels = [row.level for row in rows] + ([SymptomLevel.AMBER] if own_words else [])
    return max(levels, key=SEVERITY.__getitem__)


def _lock(plan):
    """Serialises a patient's answers, each with the current state of the record."""
    Patient.objects.lock_unmerged(plan.patient_id)
    plan.procedure.refresh_from_db(fields=["status"])
    if plan.procedure.status != ProcedureStatus.SIGNED:
        raise MoveNotAllowed(OF_NO_USE)


def _earlier_answer(plan, told, rows):
    """The check that this answer has made already; raises AlreadyAnswered if the link is used up."""
    token = _token(plan, told, rows)
    if token and (same := SymptomCheck.objects.filter(request_token=token).first()):
        return same
    newest = told.care_check and newest_answer_to(told.care_check)
    if newest and SEVERITY[_outcome(rows, told.own_words.strip())] <= SEVERITY[newest.outcome]:
        raise AlreadyAnswered
    return None


def _token(plan, told, rows):
    """What makes two answers the same: the page that they were sent from, or the link and the answers."""
    if told.care_check is None:
        return f"{plan.pk}:{told.request_token}" if told.request_token else None
    levels = "".join(row.level[0] for row in rows)
    mark = salted_hmac("aftercare.symptoms", f"{levels} {told.own_words.strip()}").hexdigest()
    return f"{_by_link(told.care_check)}{mark[:40]}"


def _by_link(care_check):
    return f"link {care_check.pk}: "


def _asked(plan, care_check, *, at):
    """The check that this answers: None for a repeated report."""
    if care_check:
        return None if SymptomCheck.objects.filter(care_check=care_check).exists() else care_check
    unanswered = CareCheck.objects.filter(care_plan=plan, symptom_check=None, due_at__lte=at, open_until__gt=at)
    return unanswered.order_by("-due_at").first()


def _open_item(check, rows, *, at):
    if check.outcome not in KINDS:
        return
    names = [str(row.question) for row in rows if row.level != SymptomLevel.GREEN]
    names += [_("own words")] if check.own_words else []
    worklist.open(
        KINDS[check.outcome],
        cause=check.pk,
        patient=check.patient,
        appointment=check.care_plan.procedure.appointment,
        what_to_say=_what_to_say(check, ", ".join(names)[:120]),
        due_at=at,
    )


def _what_to_say(check, names):
    """For the desk: which symptoms, and nothing about what was injected or written."""
    if check.outcome == SymptomLevel.RED:
        sentence = _("Red: %(names)s. Was told to get help now. Call: has help come? Tell a physician at once.")
    else:
        sentence = _("Amber: %(names)s. We promised to call by %(until)s. Ask how it is, and tell a physician.")
    return sentence % {"names": names, "until": date_format(timezone.localtime(call_by(check)), "l, H:i")}


def _note_follow_up(check, *, by, note, at):
    check.followed_up_at, check.followed_up_by, check.follow_up_note = at, by, note.strip()
    check.save(update_fields=["followed_up_at", "followed_up_by", "follow_up_note"])
