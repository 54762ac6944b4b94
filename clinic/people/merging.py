"""Two entries that are one person: everything of the duplicate moves to the surviving entry. Nothing is deleted.

What is known of the person is one afterwards. Who may see it is not widened: `access_at_merge`.
"""

from contextlib import suppress

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from clinic.errors import CannotMerge
from clinic.lib import civil_time
from clinic.lib.lost_races import lost_races_raise
from clinic.models import AuditEvent, Patient, PatientAccess, PatientContact
from clinic.models.appointment_states import HOLDS_TIME
from clinic.people import access_at_merge, auditing, joined_files
from clinic.people.corrections import Why
from clinic.signals import merge_begins, patients_merged

# Anyone who read the duplicate's record, or might read it, read only that one; `access_at_merge` takes the addresses.
STAYS = {AuditEvent, PatientAccess, PatientContact}


def merge(duplicate, into, *, by, at, reason):
    """Merge `duplicate` into the patient `into`: visits, messages and records move, also those of packages above, by
    their keys. Addresses move as former ones, and no access moves.

    What `into` has already (a waitlist entry) stays with the duplicate, ended. The duplicate stays as a row that points
    to `into`, with its audit trail; both get a line in it with the `reason`. Both must not have visits at the same
    time. Raises CannotMerge.
    """
    with lost_races_raise(CannotMerge), transaction.atomic():
        _lock_both(duplicate, into)
        _refuse_removed(duplicate, into)
        _refuse_overlapping_visits(duplicate, into)
        merge_begins.send(Patient, duplicate=duplicate, into=into, at=at)
        access_at_merge.settle(duplicate, into, by=by, at=at)
        # First: the database lets signed rows go to no patient but the one into whom theirs was merged.
        Patient.objects.filter(pk=duplicate.pk).update(merged_into=into)
        joined_files.join(duplicate, into, Why(by=by, at=at, reason=reason))
        for relation in Patient._meta.related_objects:
            if relation.related_model not in STAYS and not relation.many_to_many:
                _repoint(relation, duplicate, into)
        auditing.changed(duplicate, by=by, what=_("merged into patient %(pk)s") % {"pk": _with(into, reason)})
        auditing.changed(into, by=by, what=_("merged with patient %(pk)s") % {"pk": _with(duplicate, reason)})
        patients_merged.send(Patient, patient=into, at=at)
    duplicate.merged_into = into
    return into


def _with(patient, reason):
    return f"{patient.pk}: {reason}"[:60]


def _lock_both(duplicate, into):
    if duplicate.pk == into.pk:
        raise CannotMerge(_("These are not two patients but one."))
    if any(Patient.objects.lock(duplicate.pk, into.pk)):
        raise CannotMerge(_("One of the two was merged into another patient already. Look for that one."))


def _refuse_removed(*patients):
    found = Patient.objects.filter(pk__in=[patient.pk for patient in patients])
    if found.exclude(locked_at=None, erased_at=None).exists():
        raise CannotMerge(_("The data of one of the two were removed. They are not joined with anybody's."))


def _refuse_overlapping_visits(duplicate, into):
    same_time = into.appointments.filter(
        status__in=HOLDS_TIME, starts_at__lt=OuterRef("ends_at"), ends_at__gt=OuterRef("starts_at")
    )
    if rival := duplicate.appointments.filter(Exists(same_time), status__in=HOLDS_TIME).first():
        when = civil_time.written_short(rival.starts_at)
        raise CannotMerge(_("Both have a visit on %(when)s. Cancel or move one of them first.") % {"when": when})


def _repoint(relation, duplicate, into):
    """Let the rows of one foreign key point to `into`; those of which `into` may have only one, and has it, stay."""
    name = relation.field.name
    rows = relation.related_model._base_manager.filter(**{name: duplicate})
    for pk in rows.values_list("pk", flat=True):
        with suppress(IntegrityError), transaction.atomic():
            rows.filter(pk=pk).update(**{name: into})
