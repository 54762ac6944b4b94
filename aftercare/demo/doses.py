"""The demo's dose limits, signed by its physicians, and the weight that each record's dose was calculated with."""

from datetime import timedelta
from decimal import Decimal

from clinic.models import BodyMeasurement
from procedures.dosing import limits
from procedures.models import DoseLimit, DoseProfile, Procedure
from procedures.screening import record_warnings

SIGNED_BEFORE = timedelta(days=150)
WEIGHED_BEFORE = timedelta(days=3)


def sign_limits(team, moment):
    """Two physicians sign them; in the demo only, as nobody has compared these rows with a real label."""
    for number, limit in enumerate(DoseLimit.objects.all()):
        limits.sign_limit(limit, by=team.physicians[number % 2].user, at=moment.now - SIGNED_BEFORE)


def weigh(injected, chance):
    """For each record the weight that its patient had a few days before, and by how much the limits are lowered.

    A patient who was not weighed yet is measured then.
    """
    profile = DoseProfile.objects.get(is_default=True)
    bodies = {body.patient_id: body for body in BodyMeasurement.objects.order_by("measured_on")}
    for visit in sorted(injected, key=lambda each: each.day, reverse=True):
        weighed_on = visit.day - WEIGHED_BEFORE
        body = bodies.setdefault(visit.patient.pk, _body(visit, weighed_on, chance))
        visit.procedure.dose_profile = profile
        visit.procedure.weight_kg, visit.procedure.weight_on = body.weight_kg, weighed_on
        lower = record_warnings.proposed_limits(visit.appointment)
        visit.procedure.dose_cut_percent = lower.percent if lower else 0
    BodyMeasurement.objects.bulk_create(body for body in bodies.values() if body.pk is None)
    fields = ["dose_profile", "weight_kg", "weight_on", "dose_cut_percent"]
    Procedure.objects.bulk_update([visit.procedure for visit in injected], fields, batch_size=200)


def _body(visit, day, chance):
    return BodyMeasurement(
        patient=visit.patient,
        weight_kg=Decimal(chance.randint(52, 98)),
        height_cm=chance.randint(155, 192),
        measured_on=day,
        noted_by=visit.appointment.practitioner.user,
    )
