"""Who read or changed which patient's record, signed in, or was refused. Rows are only ever added."""

from datetime import timedelta

from django.utils import timezone

from clinic.models import AuditAction, AuditEvent

LONGEST_WHAT = 100  # the column
SEEN_AGAIN_AFTER = timedelta(hours=1)
REFUSED_AGAIN_AFTER = timedelta(minutes=5)


def record(patient, *, by, action, what, address=None):
    """Note that `by` (None for somebody not signed in) did `action` to `what` of `patient`, from network `address`."""
    return AuditEvent.objects.create(
        patient=patient, by=_account(by), action=action, what=_short(what), address=address
    )


def _account(user):
    return user if user is not None and user.is_authenticated else None


def _short(what):
    return str(what)[:LONGEST_WHAT]


def read(patient, *, by, what, address=None):
    return record(patient, by=by, action=AuditAction.READ, what=what, address=address)


def read_each(patients, *, by, what, address=None):
    """Note that `by` read `what` of each of `patients` (their numbers, or None): one row each, one query."""
    return AuditEvent.objects.bulk_create(
        AuditEvent(patient_id=pk, by=_account(by), action=AuditAction.READ, what=_short(what), address=address)
        for pk in sorted(set(patients) - {None})
    )


def saw_each(patients, *, by, what, address=None):
    """Like `read_each`, for a list that its page fetches again and again: each patient once an hour."""
    patients, since = set(patients) - {None}, timezone.now() - SEEN_AGAIN_AFTER
    if not patients:
        return []
    seen = AuditEvent.objects.filter(by=_account(by), at__gt=since, what=_short(what), patient__in=patients)
    return read_each(patients.difference(seen.values_list("patient", flat=True)), by=by, what=what, address=address)


def wrote(patient, *, by, what, address=None):
    return record(patient, by=by, action=AuditAction.CREATE, what=what, address=address)


def changed(patient, *, by, what, address=None):
    return record(patient, by=by, action=AuditAction.UPDATE, what=what, address=address)


def noted(kind, *, by=None, user=None, address=None, what=""):
    """Note what is about no patient: an `AuditKind` of `clinic.audit_kinds`.

    `by`: who did it, None for a stranger; `user`: the account that it was done to. `what` is shown as it is.
    """
    return AuditEvent.objects.create(
        action=AuditAction.EXECUTE,
        kind=kind.code,
        by=_account(by),
        account=user,
        what=_short(what),
        address=address,
    )


def noted_once(kind, *, by=None, user=None, address=None, what=""):
    """Like `noted`, for what a program may cause a thousand times: not again within five minutes. Then returns None."""
    since = timezone.now() - REFUSED_AGAIN_AFTER
    same = AuditEvent.objects.filter(
        at__gt=since, kind=kind.code, by=_account(by), account=user, address=address, what=_short(what)
    )
    return None if same.exists() else noted(kind, by=by, user=user, address=address, what=what)
