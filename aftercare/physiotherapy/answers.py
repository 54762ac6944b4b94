"""The answer of a patient who does not book physiotherapy here: somewhere else, or not at all."""

from datetime import date, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftercare.models import ReferralAnswer, ServiceRequest, ServiceRequestStatus
from aftercare.physiotherapy import reminders
from clinic.errors import DomainError, MoveNotAllowed

MAX_DAYS_AHEAD = 90


class Answer(NamedTuple):
    """What the patient says about physiotherapy: `note` tells where or why."""

    answer: ReferralAnswer
    note: str
    elsewhere_on: date | None = None


class DayOutOfRange(DomainError):
    field = "elsewhere_on"
    sentence = gettext_lazy("Choose a day between your treatment and three months from now.")


def go_elsewhere(referral, *, on, where, by, at):
    """Note that the patient sees another physiotherapist on the civil day `on`, `where` in a few words.

    The patient is no longer reminded to book. Answering again changes the day. Raises DayOutOfRange, and
    MoveNotAllowed once it is booked here, done or not needed.
    """
    first, last = first_and_last_day(referral, at=at)
    if not first <= on <= last:
        raise DayOutOfRange
    _keep(referral, Answer(ReferralAnswer.ELSEWHERE, note=where, elsewhere_on=on), by=by, at=at)


def decline(referral, *, why, by, at):
    """Note that the patient does not want physiotherapy. Raises MoveNotAllowed as `go_elsewhere` does."""
    _keep(referral, Answer(ReferralAnswer.DECLINED, note=why), by=by, at=at)


def withdraw_answer(referral, *, by, at):
    """Withdraw the answer: reminders still ahead are restored, and so is the desk's work item at the end.

    Repeating it changes nothing, nor does it once physiotherapy is booked here, which overrides the answer.
    """
    with transaction.atomic():
        referral = _locked(referral)
        if referral.status != ServiceRequestStatus.ACTIVE or not referral.answer:
            return
        referral.clear_answer()
        reminders.resume_reminding(referral, at=at)


def first_and_last_day(referral, *, at):
    """Between which days somebody can have gone elsewhere, or will go."""
    first = timezone.localdate(referral.care_plan.starts_at)
    return first, timezone.localdate(at) + timedelta(days=MAX_DAYS_AHEAD)


def _keep(referral, answer, *, by, at):
    with transaction.atomic():
        referral = _locked(referral)
        if referral.status != ServiceRequestStatus.ACTIVE or referral.appointment_id:
            raise MoveNotAllowed(_("Physiotherapy is booked here or done by now. Load the page again to see it."))
        referral.record_answer(answer.answer, elsewhere_on=answer.elsewhere_on, note=answer.note, by=by, at=at)
        reminders.stop_reminding(referral, reason=referral.get_answer_display(), by=by, at=at)


def _locked(referral):
    rows = ServiceRequest.objects.select_for_update(of=["self"], no_key=True)
    return rows.select_related("care_plan").get(pk=referral.pk)
