"""A person says whom an SMS is about, when several patients or none have its number; and may correct it."""

from django.db import transaction
from django.utils.translation import gettext as _

from clinic import work_kinds, worklist
from clinic.messaging import automatic_answers, incoming_items, preferences
from clinic.models import ContactSystem, IncomingMessage, IncomingPatient, Patient, PatientContact, Whose
from clinic.people import auditing


def candidates(incoming):
    """Those who are, or were, reached at its number: the first to choose from."""
    contacts = PatientContact.objects.filter(system=ContactSystem.PHONE, value=incoming.number)
    return Patient.objects.filter(pk__in=contacts.values("patient"), merged_into=None)


def decide(incoming, patients, *, by, at, address=None):
    """It is about these patients and no others; about nobody if there are none. The same again changes nothing.

    The work items follow: those of a patient it is not about end, each new one gets one unless somebody has already
    dealt with red words. Both sides are noted in the audit trail.
    """
    with transaction.atomic():
        incoming = IncomingMessage.objects.select_for_update(of=["self"], no_key=True).get(pk=incoming.pk)
        current = {row.patient_id: row for row in incoming.about_patients.current().select_related("patient")}
        wanted = {patient.pk: patient for patient in patients}
        if incoming.decided_at and current.keys() == wanted.keys():
            return incoming
        _is_no_longer_about([row for pk, row in current.items() if pk not in wanted], by=by, at=at, address=address)
        new = [patient for pk, patient in wanted.items() if pk not in current]
        _is_about(incoming, new, by=by, at=at, address=address)
        incoming.whose = Whose.KNOWN if wanted else Whose.NOBODY
        incoming.decided_at, incoming.decided_by = at, by
        incoming.save(update_fields=["whose", "decided_at", "decided_by"])
        automatic_answers.belong_to(incoming, patients[0] if len(patients) == 1 else None)
        for item in worklist.find(work_kinds.SMS_WHOSE, cause=incoming.pk).requested():
            item.complete(by=by, note=_("said whom it is about") if wanted else _("it is nobody's"))
    return incoming


def settle_shared(patient, *, at):
    """Two entries became this patient: an SMS that could be of either is of one now. Nobody has to say so."""
    numbers = patient.contacts.filter(system=ContactSystem.PHONE, until=None).values("value")
    for incoming in IncomingMessage.objects.undecided().filter(number__in=numbers):
        if list(preferences.reached_at(incoming.number)) == [patient]:
            decide(incoming, [patient], by=None, at=at)


def _is_no_longer_about(rows, *, by, at, address):
    for row in rows:
        IncomingPatient.objects.filter(pk=row.pk).update(until=at)
        incoming_items.open_ones(row.incoming, patient=row.patient).cancel(note=_("it is about somebody else"), at=at)
        auditing.changed(row.patient, by=by, what=_("an SMS is not about this patient"), address=address)


def _is_about(incoming, patients, *, by, at, address):
    without_a_patient = incoming_items.open_ones(incoming, patient=None)
    is_dealt_with = incoming.is_red and incoming.whose != Whose.KNOWN and not without_a_patient.exists()
    IncomingPatient.objects.bulk_create(
        IncomingPatient(incoming=incoming, patient=patient, since=at, by=by) for patient in patients
    )
    for patient in patients:
        auditing.changed(patient, by=by, what=_("an SMS is about this patient"), address=address)
    if patients and not is_dealt_with:
        incoming_items.open_about(incoming, patients, is_answered=automatic_answers.has_answered(incoming), at=at)
        without_a_patient.cancel(note=_("somebody said whom it is about"), at=at)
