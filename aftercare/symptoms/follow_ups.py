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
from clinic.scheduling import opening_hours

KINDS = {SymptomLevel.RED: work_kinds.SYMPTOM_RED, SymptomLevel.AMBER: work_kinds.SYMPTOM_AMBER}
NAMES = 120  # letters of a work item's sentence that symptoms may take


def open_item(check, rows, *, at):
    """Ask somebody to phone about these answers, once; nothing while all is well. Call it in their transaction."""
    if check.outcome not in KINDS:
        return
    names = [str(row.question) for row in rows if row.is_amber or row.is_red]
    names += [_("own words")] if check.own_words else []
    worklist.open(
        KINDS[check.outcome],
        cause=check.pk,
        patient=check.patient,
        appointment=check.care_plan.procedure.appointment,
        what_to_say=_what_to_say(check, ", ".join(names)[:NAMES]),
        due_at=at,
    )


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


def item_of(check):
    return worklist.find(*KINDS.values(), cause=check.pk)


def to_follow_up(patients):
    """Red answers of these patients that nobody has followed up, the newest first."""
    red = SymptomCheck.objects.to_follow_up().filter(outcome=SymptomLevel.RED, patient__in=patients)
    return red.select_related("patient").prefetch_related("answers__question")


def _what_to_say(check, names):
    """For the desk: which symptoms, and nothing about what was injected or written."""
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
