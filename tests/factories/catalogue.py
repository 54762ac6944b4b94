"""What the catalogue of procedures contains: muscles, procedures, drugs and their limits."""

from decimal import Decimal

from procedures.dosing import limits
from procedures.models import BodyRegion, DoseLimit, DoseProfile, Drug, Guidance, Muscle, ProcedureDefinition
from tests.factories.basics import NOW, numbers
from tests.factories.staff import user
from tests.factories.visits import visit_type


def muscle(**fields):
    number = next(numbers)
    region, _ = BodyRegion.objects.get_or_create(
        key="neck", defaults={"name": "Neck", "felt_like": "-", "what_we_do": "-", "see_a_doctor_first": "-"}
    )
    usual = {"slug": f"muscle-{number}", "name": f"muscle {number}", "latin": "m.", "region": region, "lung_risk": "no"}
    return Muscle.objects.create(**usual | fields)


def definition(**fields):
    if "visit_type" not in fields:
        fields["visit_type"] = visit_type()
    usual = {"slug": f"procedure-{next(numbers)}", "name": "Injection", "guidance": Guidance.LANDMARK}
    return ProcedureDefinition.objects.create(**usual | fields)


def dose_profile():
    return DoseProfile.objects.get_or_create(slug="B_UK_IE", defaults={"name": "B", "is_default": True})[0]


def dose_limit(name="lidocaine", *, signed=True, **fields):
    """Of the default profile: 4.5 mg/kg, at most 200 mg for one procedure; current if `signed`. Created once."""
    substance, _ = Drug.objects.get_or_create(
        slug=name, defaults={"name": name.capitalize(), "kind": "local-anaesthetic"}
    )
    key = {"profile": dose_profile(), "drug": substance, "with_adrenaline": False, "period": "procedure", "version": 1}
    key |= {field: fields.pop(field) for field in list(fields) if field in key}
    if found := DoseLimit.objects.filter(**key).first():
        return found
    usual = {
        "mg_per_kg": Decimal("4.5"),
        "max_mg": Decimal(200),
        "source": "Label of the tests, 2026, https://label.example/lidocaine",
    }
    limit = DoseLimit.objects.create(**key | usual | fields)
    return limits.sign_limit(limit, by=user(), at=NOW) if signed else limit
