"""Who read or changed which patient's record. Rows are only ever added."""

from clinic.models import AuditAction, AuditEvent


def record(patient, *, by, action, what, address=None):
    """Note that `by` (None for somebody not signed in) did `action` to `what` of `patient`, from network `address`."""
    user = by if by is not None and by.is_authenticated else None
    return AuditEvent.objects.create(patient=patient, by=user, action=action, what=what, address=address)


def read(patient, *, by, what, address=None):
    return record(patient, by=by, action=AuditAction.READ, what=what, address=address)


def read_each(patients, *, by, what, address=None):
    """Note that `by`, who is signed in, read `what` of each of `patients` (their numbers): one row each, one query."""
    return AuditEvent.objects.bulk_create(
        AuditEvent(patient_id=pk, by=by, action=AuditAction.READ, what=what, address=address)
        for pk in sorted(set(patients))
    )


def wrote(patient, *, by, what, address=None):
    return record(patient, by=by, action=AuditAction.CREATE, what=what, address=address)


def changed(patient, *, by, what, address=None):
    return record(patient, by=by, action=AuditAction.UPDATE, what=what, address=address)
