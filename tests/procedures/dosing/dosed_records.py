"""Records with lidocaine, a weight and a signature, as the tests of doses need them."""

from datetime import date, timedelta
from decimal import Decimal

from clinic.models import Appointment, Role
from procedures import second_person
from procedures.dosing import dose_problems, limits
from procedures.dosing.limits import LimitKey
from procedures.models import Preparation, Procedure, VoidRequest
from procedures.records import sealed_parts, seals
from tests import factories
from tests.factories import NOW

DAY = date(2026, 3, 2)
LATER = NOW + timedelta(hours=5)


def draft(*millilitres, patient=None, weight_kg="70", weight_on=DAY, product="lidocaine-1", **fields):
    """A complete draft with these volumes of lidocaine 1 %, and a weight of that day."""
    factories.drug()
    drugs = [factories.drug(volume_ml=Decimal(ml), preparation_id=product) for ml in millilitres]
    record = factories.draft(patient=patient or factories.patient(), drugs=[unbound(drug) for drug in drugs])
    doses = {"dose_profile": factories.dose_profile(), "weight_kg": Decimal(weight_kg), "weight_on": weight_on} | fields
    Procedure.objects.filter(pk=record.pk).update(**doses)
    return Procedure.objects.get(pk=record.pk)


def unbound(drug):
    drug.preparation = Preparation.objects.get(pk=drug.preparation_id)
    return drug


def signed(record, *, at=NOW):
    """As if it had been signed then, whatever else is missing."""
    sealed_parts.seal(Procedure.objects.filter(pk=record.pk))
    Procedure.objects.filter(pk=record.pk).update(status="signed", signed_at=at, signed_by=factories.user())
    return record


def void(record, injected="", *, visit=None):
    """As if two people had voided it and said whether it was injected; `visit` is that of another patient who was.

    "": before anybody was asked, and before the seals asked for it.
    """
    if not injected:
        seals.lift()
    request = VoidRequest.objects.create(
        procedure=record, reason="Wrong.", asked_by=factories.user(), injected=injected, injected_visit=visit
    )
    seals.seal(None, "default")
    VoidRequest.objects.filter(pk=request.pk).update(agreed_by=factories.user(), agreed_at=NOW)
    Procedure.objects.filter(pk=record.pk).update(status="entered-in-error")
    return record


def moved(record, **by):
    visit = record.appointment
    later = {name: getattr(visit, name) + timedelta(**by) for name in ("starts_at", "ends_at")}
    Appointment.objects.filter(pk=visit.pk).update(**later)
    visit.refresh_from_db()


def physician():
    return factories.user(Role.PHYSICIAN)


def problems(record, *, by=None):
    found = [*dose_problems.of_record(record), *second_person.problems(record, by=by)]
    return [(problem.field, problem.sentence) for problem in found]


def proposed_limit(limit, *, by=None, source="A label, 2027, https://label.example/", **numbers):
    """The next version of a limit, not signed yet."""
    return limits.propose_limit(LimitKey.of(limit), numbers=numbers, source=source, by=by or physician(), at=NOW)


def seen_of(record):
    """What the second physician's page shows, as a fingerprint."""
    return second_person.version(record, second_person.needs(record))
