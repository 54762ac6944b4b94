"""What a patient was given before: each dose of their other records, whether it counts, and why.

A dose was given in its visit, whenever its record was written. So it is held against the time of giving: the signature
on the day of the visit; else the end of the day on which the patient was last here for it, as nobody knows the hour.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.lib import civil_time
from clinic.models import AppointmentStatus, AppointmentStatusChange
from procedures.models import DrugAdministration, Injected, Procedure, ProcedureStatus

A_DAY = timedelta(hours=24)
A_CIVIL_DAY = timedelta(days=1)
WHY_VOID_COUNTS = {
    "": gettext_lazy("void record of %(day)s: nobody said whether it was injected"),
    Injected.AS_WRITTEN: gettext_lazy("void record of %(day)s: injected as written"),
    Injected.OTHERWISE: gettext_lazy("void record of %(day)s: injected otherwise; counts until it is written again"),
    Injected.ANOTHER: gettext_lazy(
        "void record of another patient, %(day)s: this one was injected; counts until it is written"
    ),
}


@dataclass(frozen=True)
class Given:
    """One drug of another record, with its procedure, visit and product at hand.

    `why` is a phrase that ends "Lidocaine 1 % 2 mL: ..."; `until` the latest instant at which it can have been given.
    """

    drug: DrugAdministration
    counts: bool
    why: str
    until: datetime

    @property
    def is_asked_about(self):
        """An old draft: somebody has to say what became of it."""
        return self.drug.procedure.is_draft and not self.counts


def given_before(patient, at, *, visit=None, within=A_DAY):
    """A Given for each drug, of whatever kind, that the patient got or may have got in the time `within` before `at`.

    `visit` is the one whose dose is reckoned: its own records are left out, and what was given less than `within` from
    its begin counts too, because a record may be written days later. Older drafts are listed without being counted,
    and so are void records of that time whose drug this patient did not get, or that were written again. Two queries.
    """
    rows = _rows(patient, at, visit=visit, within=within)
    records = _records_of_visits(rows)
    found = (_judged(drug, patient, at, visit=visit, within=within, records=records) for drug in rows)
    return [given for given in found if given]


def _rows(patient, at, *, visit, within):
    by_mistake = {"status": ProcedureStatus.VOID, "void_request__injected_visit__patient": patient}
    mine = Q(procedure__patient=patient) | Q(**{f"procedure__{name}": value for name, value in by_mistake.items()})
    first = timezone.localdate((min(at, visit.starts_at) if visit else at) - within) - A_CIVIL_DAY
    arrivals = AppointmentStatusChange.objects.filter(
        appointment=OuterRef("procedure__appointment"), to_status=AppointmentStatus.ARRIVED, at__lte=at
    )
    drugs = DrugAdministration.objects.annotate(arrived_at=Subquery(arrivals.order_by("-at").values("at")[:1]))
    lately = Q(procedure__performed_on__gte=first) | Q(arrived_at__gte=at - within - A_CIVIL_DAY)
    drugs = drugs.filter(mine & (lately | Q(procedure__status=ProcedureStatus.DRAFT)))
    drugs = drugs.select_related("preparation__drug", "procedure__appointment", "procedure__void_request")
    return list(drugs.exclude(procedure__appointment=visit) if visit else drugs)


def _records_of_visits(rows):
    """The records of each visit in which a void record's drug was, or may have been, given; by the key of the visit."""
    visits = {visit for drug in rows if drug.procedure.is_void for visit in [_injected_at(drug.procedure)] if visit}
    found = defaultdict(list)
    if visits:
        drugs = DrugAdministration.objects.filter(procedure=OuterRef("pk"))
        records = Procedure.objects.filter(appointment__in=visits).select_related("void_request")
        for record in records.annotate(names_drugs=Exists(drugs)):
            found[record.appointment_id].append(record)
    return found


def _injected_at(procedure):
    """The key of the visit in which it was injected, if anywhere."""
    answer = procedure.void_request
    return answer.injected_visit_id if answer.injected == Injected.ANOTHER else procedure.appointment_id


def _judged(drug, patient, at, *, visit, within, records):
    procedure = drug.procedure
    if visit and procedure.is_void and _injected_at(procedure) == visit.pk:
        return None  # what is written now is this injection
    until = _given_until(drug, at)
    is_near = until >= at - within or (visit and abs(procedure.appointment.starts_at - visit.starts_at) < within)
    if is_near:
        return Given(drug, *_verdict(procedure, patient, records), until)
    return Given(drug, False, _of_old_draft(procedure), until) if procedure.is_draft else None


def _given_until(drug, at):
    procedure = drug.procedure
    if procedure.signed_at and timezone.localdate(procedure.signed_at) == procedure.performed_on:
        return procedure.signed_at
    arrived_on = timezone.localdate(drug.arrived_at) if drug.arrived_at else procedure.performed_on
    return min(civil_time.midnight(max(procedure.performed_on, arrived_on) + A_CIVIL_DAY), at)


def _verdict(procedure, patient, records):
    """Whether its drugs count, and why."""
    if procedure.is_signed:
        day = date_format(timezone.localtime(procedure.signed_at), "j M, H:i")
        return True, _("signed %(when)s") % {"when": day}
    if procedure.is_void:
        return _of_void(procedure, patient, records)
    stands_in = any(_is_true_though_void(each) for each in records[procedure.appointment_id])
    if stands_in:
        return False, _("draft of %(day)s: the void record of this visit counts until it is signed") % _day(procedure)
    return True, _("draft of %(day)s, not signed: it may have been given") % _day(procedure)


def _of_old_draft(procedure):
    return _("draft of %(day)s, never signed, too long ago to count. What became of it?") % _day(procedure)


def _is_true_though_void(procedure):
    return procedure.is_void and procedure.void_request.injected == Injected.AS_WRITTEN


def _of_void(procedure, patient, records):
    answer, day = procedure.void_request, _day(procedure)
    is_mine = procedure.patient_id == patient.pk
    if answer.injected == Injected.NOBODY:
        return False, _("void record of %(day)s: nobody was injected") % day
    if answer.injected == Injected.ANOTHER and is_mine:
        return False, _("void record of %(day)s: another patient was injected") % day
    if any(_replaces(each, procedure) for each in records[_injected_at(procedure)]):
        return False, _("void record of %(day)s: written again") % day
    return True, WHY_VOID_COUNTS[answer.injected] % day


def _replaces(record, void):
    """Does this record of the visit say what the void one said wrongly? A draft does once it names a drug."""
    if record.pk == void.pk:
        return False
    if record.is_draft:
        return record.names_drugs and void.void_request.injected != Injected.AS_WRITTEN
    if record.is_void and record.void_request.injected == Injected.ANOTHER:
        return False  # it is about somebody else
    return record.pk > void.pk or record.appointment_id != void.appointment_id


def _day(procedure):
    return {"day": date_format(procedure.performed_on, "j F Y")}
