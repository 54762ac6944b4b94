"""Removing what the clinic keeps about one patient: what no law keeps is erased, the rest is locked and not lost.

The row of the patient stays, so that the trail of who did what still leads somewhere; of somebody who was never treated
it says nothing any more. What is locked is closed to everybody but the manager, who may open it again.
"""

from datetime import date

from django.db import models, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import worklist
from clinic.errors import CannotRemove
from clinic.lib import civil_time
from clinic.models import (
    AccessEnd,
    Appointment,
    AppointmentStatus,
    Patient,
    PatientAccess,
    PatientAlert,
    RemovalKind,
    User,
)
from clinic.people import auditing
from clinic.privacy import forgotten_records, notice, own_data, removed_words
from clinic.signals import removal_begins
from clinic.work_kinds import DATA_REMOVAL, DATA_WRONG

BORN = date(1900, 1, 1)  # of somebody of whom nothing is left: the column cannot be empty
TREATED = [AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED]


def remove(patient, *, by, at, reason):
    """Erase what no law keeps, and lock what one does; returns the `DataRemoval`. `by` is None when its time was over.

    Raises CannotRemove while a visit is ahead, the days after an injection run, something urgent waits or a message is
    just going out; PatientMerged for an entry that was merged into another.
    """
    with transaction.atomic():
        Patient.objects.lock_unmerged(patient.pk)
        _refuse_what_is_open(patient, at=at)
        removal_begins.send(Patient, patient=patient, at=at)
        people = own_data.entries(patient)
        kept_until = kept_by_law_until(patient)
        _close_doors(people, by=by, at=at)
        removed_words.remove(people, at=at)
        if kept_until is None:
            forgotten_records.delete(patient)
            _forget_who_it_was(people, at=at)
        else:
            Patient.objects.filter(pk__in=[one.pk for one in people]).update(locked_at=at)
        kind = RemovalKind.ERASED if kept_until is None else RemovalKind.LOCKED
        worklist.settle(DATA_REMOVAL, DATA_WRONG, cause=patient.pk, note=_("the data were removed"), at=at)
        auditing.changed(patient, by=by, what=f"data {kind}")
        return patient.removals.create(kind=kind, by=by, at=at, reason=reason, kept_until=kept_until)


def remove_with_record(patient, *, by, at, reason):
    """Erase everything, the record too. Raises CannotRemove while the law keeps it, and as `remove` does."""
    with transaction.atomic():
        Patient.objects.lock_unmerged(patient.pk)
        people = own_data.entries(patient)
        kept_until = kept_by_law_until(patient)
        if kept_until is None or kept_until >= timezone.localdate(at):
            raise CannotRemove(_("The time for which the law keeps this record is not over."))
        _refuse_what_is_open(patient, at=at, is_over=True)
        removal_begins.send(Patient, patient=patient, at=at)
        _close_doors(people, by=by, at=at)
        removed_words.remove(people, at=at)
        # First: the database lets go of signed rows of those alone whose time is over, by this row.
        over = [
            one.removals.create(kind=RemovalKind.OVER, by=by, at=at, reason=reason, kept_until=kept_until)
            for one in people
        ]
        forgotten_records.delete(patient)
        _forget_who_it_was(people, at=at)
        Patient.objects.filter(pk__in=[one.pk for one in people]).update(locked_at=None)
        auditing.changed(patient, by=by, what="data erased, the record too")
        return over[0]


def open_again(patient, *, by, at, reason):
    """What was locked can be read and written again, for example because the patient came back."""
    with transaction.atomic():
        Patient.objects.lock_unmerged(patient.pk)
        people = own_data.entries(patient)
        if not Patient.objects.locked().filter(pk__in=[one.pk for one in people]).update(locked_at=None):
            raise CannotRemove(_("Nothing of this patient is locked."))
        auditing.changed(patient, by=by, what="data opened again")
        return patient.removals.create(kind=RemovalKind.OPENED, by=by, at=at, reason=reason)


def kept_by_law_until(patient):
    """The last civil day on which the law keeps the record, or None for somebody who was never treated."""
    people = own_data.entries(patient)
    if not has_record(people):
        return None
    kept = notice.read().kept_as("records")
    last = timezone.localdate(_last_treated(people))
    until = notice.years_after(last, kept.years)
    return max(until, notice.years_after(patient.birth_date, kept.until_age)) if patient.is_child(last) else until


def has_record(people):
    """Whether anything stands about their health, or they have been here."""
    if Appointment.objects.filter(patient__in=people, status__in=TREATED).exists():
        return True
    below = (relation.related_model for relation in Patient._meta.related_objects if not relation.many_to_many)
    return any(model._base_manager.filter(patient__in=people).exists() for model in below if is_of_a_record(model))


def is_of_a_record(model):
    return model._meta.app_label != "clinic" or model._meta.label_lower in own_data.ABOUT_HEALTH


def why_not_now(patient, *, at):
    """The sentence that says what has to be done first, or ""."""
    try:
        with transaction.atomic():
            _refuse_what_is_open(patient, at=at)
            removal_begins.send(Patient, patient=patient, at=at)
    except CannotRemove as refusal:
        return str(refusal)
    return ""


def _last_treated(people):
    """When they were here last; of somebody who only told us about their health, when they did."""
    visits = Appointment.objects.filter(patient__in=people, status__in=TREATED).aggregate(last=Max("ends_at"))["last"]
    told = PatientAlert.objects.filter(patient__in=people).aggregate(last=Max("noted_at"))["last"]
    return visits or told or max(one.created_at for one in people)


def _refuse_what_is_open(patient, *, at, is_over=False):
    people = own_data.entries(patient)
    if any(one.erased_at for one in people) or (patient.locked_at and not is_over):
        raise CannotRemove(_("This patient's data were removed already."))
    if visit := Appointment.objects.filter(patient__in=people).upcoming(at=at).order_by("starts_at").first():
        when = civil_time.written_near(visit.starts_at)
        raise CannotRemove(_("There is still a visit on %(when)s. Cancel it first.") % {"when": when})
    if patient.work_items.urgent().exists():
        raise CannotRemove(_("Something urgent waits for this patient. See to that first."))
    if removed_words.is_on_its_way(people):
        raise CannotRemove(_("A message to this patient is going out right now. Try again in a minute."))


def _close_doors(people, *, by, at):
    """Nobody signs in for them any more; an account that opens nothing else is nobody's."""
    ours = PatientAccess.objects.filter(patient__in=people)
    users = list(User.objects.filter(pk__in=ours.filter(until=None).values("user")))
    ours.filter(until=None).update(until=at, ended_by=by, ended_why=AccessEnd.REMOVED)
    ours.update(holder="", note="")
    others = PatientAccess.objects.current().filter(user=OuterRef("pk"))
    for user in User.objects.filter(~Exists(others), pk__in=[user.pk for user in users]):
        if not user.employments.exists():
            forget_account(user)


def forget_account(user):
    """Nobody signs in with it, and it names nobody. The row stays: it may have signed something.

    What is the account's alone goes: where codes are sent, passkeys, sessions. Which patients it opened once stays.
    """
    for relation in User._meta.related_objects:
        if relation.on_delete is models.CASCADE and relation.related_model is not PatientAccess:
            relation.related_model._base_manager.filter(**{relation.field.name: user}).delete()
    user.email, user.name, user.is_active = None, "", False
    user.set_unusable_password()
    user.save(update_fields=["email", "name", "is_active", "password"])


def _forget_who_it_was(people, *, at):
    for one in people:
        one.given_name, one.family_name, one.birth_date, one.erased_at = _("Removed"), str(one.pk), BORN, at
        one.former_names = one.sex = one.must_know = one.died_on = None
        one.save()
