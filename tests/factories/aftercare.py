"""What follows an injection: protocols, exercises, prescriptions."""

from aftercare.models import AftercareProtocol, Exercise, ExercisePrescription
from tests.factories.basics import numbers
from tests.factories.records import signed
from tests.factories.staff import user


def protocol(**fields):
    """Current for every procedure: 48 hours without heavy lifting, physiotherapy within 7 days."""
    return AftercareProtocol.objects.create(**{"name": f"Protocol {next(numbers)}"} | fields)


def care_plan(*, signed_at, **more):
    """The days after a record that was signed then, by the current protocol (made if there is none)."""
    if not AftercareProtocol.objects.filter(is_current=True).exists():
        protocol()
    return signed(signed_at=signed_at, **more).care_plan


def exercise(*muscles, **fields):
    """A gentle exercise of the library, for these muscles."""
    usual = {"slug": "x09", "name": "Pendulum", "kind": "gentle", "how": "Swing your arm.\nStop."}
    usual |= {"dose": "2 rounds of 10", "picture_words": "An arm swings.", "source": "-"}
    fields = usual | fields
    made, _ = Exercise.objects.get_or_create(slug=fields.pop("slug"), defaults=fields)
    made.muscles.add(*muscles)
    return made


def prescription(plan, **fields):
    """A plain row: it begins when the plan begins."""
    if "exercise" not in fields:
        fields["exercise"] = exercise()
    usual = {"patient": plan.patient, "dose": fields["exercise"].dose, "starts_at": plan.starts_at}
    usual["prescribed_at"] = plan.starts_at
    if "prescribed_by" not in fields:
        fields["prescribed_by"] = user()
    return ExercisePrescription.objects.create(care_plan=plan, **usual | fields)
