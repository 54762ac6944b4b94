"""Opening a patient who is not in one's care: for a reason, for some hours, and reviewed on the next day."""

from datetime import time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit_kinds, work_kinds, worklist
from clinic.errors import DomainError, MoveNotAllowed
from clinic.lib import civil_time
from clinic.models import EmergencyAccess, Patient
from clinic.people import auditing

OPEN_FOR = timedelta(hours=8)
REVIEWED_AT = time(9)  # on the next day


def find(*, name, birth_date):
    """The one patient with exactly these words in the name and this birth date. Nobody is listed here.

    Raises DomainError where there is none, or more than one.
    """
    found = list(Patient.objects.called(name).filter(birth_date=birth_date, merged_into=None)[:2])
    if len(found) != 1:
        raise DomainError(_("Nobody is found by this name and birth date alone. Ask the desk."), field="name")
    return found[0]


def break_glass(patient, *, by, reason, at):
    """`by` sees this patient for eight hours. A manager reviews it on the next day. Returns the EmergencyAccess.

    Opening it again while it is open is noted, and opens nothing more.
    """
    with transaction.atomic():
        Patient.objects.lock_unmerged(patient.pk)
        auditing.noted(audit_kinds.BREAK_GLASS, by=by, what=reason)
        auditing.read(patient, by=by, what=_("opened in an emergency"))
        still_open = by.emergency_access.filter(patient=patient, until__gt=at).first()
        return still_open or _opened(patient, by=by, reason=reason, at=at)


def _opened(patient, *, by, reason, at):
    row = EmergencyAccess.objects.create(user=by, patient=patient, reason=reason, at=at, until=at + OPEN_FOR)
    tomorrow = timezone.localdate(at) + timedelta(days=1)
    worklist.open(
        work_kinds.EMERGENCY_ACCESS,
        cause=row.pk,
        patient=patient,
        what_to_say=_("%(who)s: %(why)s") % {"who": by, "why": reason[:200]},
        due_at=civil_time.at(tomorrow, REVIEWED_AT),
    )
    return row


def review(row, *, by, was_right, note, at):
    """Somebody else says whether it was right; the work item ends.

    Raises DomainError for who opened it, and without a note for what was not right; MoveNotAllowed the second time.
    """
    if row.user_id == by.pk:
        raise DomainError(_("You opened it yourself. Somebody else has to look at it."))
    if not was_right and not note:
        raise DomainError(_("Write what was wrong, and what comes of it."), field="note")
    with transaction.atomic():
        changes = {"reviewed_at": at, "reviewed_by": by, "was_right": was_right, "review_note": note}
        if not EmergencyAccess.objects.filter(pk=row.pk, reviewed_at=None).update(**changes):
            raise MoveNotAllowed
        for item in worklist.find(work_kinds.EMERGENCY_ACCESS, cause=row.pk).requested():
            item.complete(by=by, note=note)
        auditing.changed(row.patient, by=by, what=_("review of an emergency access"))
