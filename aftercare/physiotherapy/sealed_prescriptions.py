"""What was prescribed stays: an exercise that is reworded later reads in old prescriptions as it was given."""

from aftercare.models import ExercisePrescription
from clinic.lib import as_it_was
from procedures.records.seals import OWNERS, UPDATE, Owner, Rule

KEPT = ["exercise_id", "exercise_name", "exercise_how", "exercise_not_when"]


def seal(prescription):
    """Keep the words of the exercise as they are now, in the transaction that prescribes it. Returns it with them."""
    as_it_was.seal(ExercisePrescription.objects.filter(pk=prescription.pk))
    prescription.refresh_from_db(fields=KEPT[1:])
    return prescription


def rules():
    altered = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in KEPT)
    refused = f"OLD.exercise_name <> '' AND ({altered})"
    yield Rule(ExercisePrescription, UPDATE, refused, "what was prescribed stays as it was")


OWNERS.register(Owner("prescriptions", rules))
