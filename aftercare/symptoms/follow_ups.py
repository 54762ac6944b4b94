"""The work items that red and amber answers open, and who followed them up."""

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from aftercare import work_kinds
from aftercare.models import SymptomCheck, SymptomLevel
from clinic import worklist
from clinic.errors import DomainError, MoveNotAllowed
from clinic.lib.texts import has_visible_text
from clinic.models import WorkItem
from clinic.scheduling import opening_hours

KINDS = {SymptomLevel.RED: work_kinds.SYMPTOM_RED, SymptomLevel.AMBER: work_kinds.SYMPTOM_AMBER}
SENTENCE = WorkItem._meta.get_field("what_to_say").max_length
NAMES = 120  # letters of a work item's sentence that symptoms may take


def open_item(check, rows, *, at):
    """Ask somebody to phone about these answers, once; nothing while all is well. Call it in their transaction."""
    if check.outcome not in KINDS:
        return
    worklist.open(
        KINDS[check.outcome],
        cause=check.pk,
        patient=check.patient,
        appointment=check.care_plan.procedure.appointment,
        what_to_say=_what_to_say(check, rows),
        due_at=at,
    )


def say_what_came_later(check):
    """The open work items about this patient's earlier answers say that something was told since, and what it is.

    Call it in the transaction that saves `check`.
    """
    earlier = SymptomCheck.objects.to_follow_up().filter(patient=check.patient_id, answered_at__lte=check.answered_at)
    for each in earlier.exclude(pk=check.pk).prefetch_related("answers__question"):
        sentence = _what_to_say(each, each.answers.all(), later=check)
        item_of(each).requested().update(what_to_say=sentence)


def follow_up(check, *, by, note, at, also=()):
    """A colleague notes the follow-up of red or amber answers, which also closes the work item.

    `also`: keys of other open answers of the same patient that were settled in the same talk; those that somebody
    else has followed up meanwhile keep that note. Raises DomainError for the field `note` when it is empty,
    MoveNotAllowed when there is nothing to follow up.
    """
    if not has_visible_text(note):
        raise DomainError(_("Write what was said and done."), field="note")
    with transaction.atomic():
        told = SymptomCheck.objects.filter(patient=check.patient_id, pk__in=[check.pk, *also]).order_by("pk")
        is_open = {each: each.needs_follow_up for each in told.select_for_update(of=["self"], no_key=True)}
        if not is_open.get(check):
            raise MoveNotAllowed(_("Somebody has followed this up already."))
        for each in filter(is_open.get, is_open):
            _note_follow_up(each, by=by, note=note, at=at)
            for item in item_of(each).requested():
                item.complete(by=by, note=_("followed up"))
    return next(each for each in is_open if each == check)


def followed_up_at_desk(item, *, by, note, at):
    """The desk has phoned and noted the call in its work item; if a physician was quicker, that note stays. Other work
    items are nothing to note here.
    """
    if item.work_kind not in KINDS.values():
        return
    check = SymptomCheck.objects.select_for_update(of=["self"], no_key=True).filter(pk=item.cause).first()
    if check and check.needs_follow_up:
        _note_follow_up(check, by=by, note=note, at=at)


def item_of(check):
    return worklist.find(*KINDS.values(), cause=check.pk)


def _what_to_say(check, rows, *, later=None):
    """For the desk: which symptoms, and nothing about what was injected or written. Then what was told later."""
    names = [str(row.question) for row in rows if row.is_amber or row.is_red]
    names += [_("own words")] if check.own_words else []
    sentence = _whom_to_call(check, ", ".join(names)[:NAMES])
    if later is None:
        return sentence
    told = {"when": date_format(timezone.localtime(later.answered_at), "l, H:i"), "what": later.get_outcome_display()}
    return (sentence + _(" Told later, %(when)s: %(what)s.") % told)[:SENTENCE]


def _whom_to_call(check, names):
    if check.outcome == SymptomLevel.RED:
        sentence = _("Red: %(names)s. Was told to get help now. Call: has help come? Tell a physician at once.")
    elif until := opening_hours.call_by(at=check.answered_at):
        sentence = _("Amber: %(names)s. We promised to call by %(until)s. Ask how it is, and tell a physician.")
        return sentence % {"names": names, "until": date_format(timezone.localtime(until), "l, H:i")}
    else:
        sentence = _("Amber: %(names)s. Call: how is it? Tell a physician.")
    return sentence % {"names": names}


def _note_follow_up(check, *, by, note, at):
    check.followed_up_at, check.followed_up_by, check.follow_up_note = at, by, note.strip()
    check.save(update_fields=["followed_up_at", "followed_up_by", "follow_up_note"])
