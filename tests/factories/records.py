"""A record: what was planned and agreed to, what was injected, and the signature."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from procedures.dosing import look_alikes
from procedures.models import (
    ConsentText,
    Drug,
    DrugAdministration,
    DrugKind,
    Guidance,
    InjectionSite,
    Preparation,
    ProcedurePlan,
    Side,
    Twitch,
)
from procedures.records import signing
from procedures.records.signing import Entered
from procedures.screening import safety_questions
from tests.factories.catalogue import definition, dose_limit, muscle
from tests.factories.patients import screened
from tests.factories.staff import user
from tests.factories.visits import arrived


def site(**fields):
    """An injection site that is not saved yet."""
    if "muscle" not in fields:
        fields["muscle"] = muscle()
    usual = {"side": Side.LEFT, "guidance": Guidance.LANDMARK, "needle_gauge": 27, "needle_length_mm": 40}
    usual |= {"depth_mm": 15, "twitch": Twitch.SEEN, "is_confirmed": True}
    return InjectionSite(**usual | fields)


def drug(**fields):
    """A dose of lidocaine that is not saved yet."""
    lidocaine, _ = Drug.objects.get_or_create(
        slug="lidocaine", defaults={"name": "Lidocaine", "kind": "local-anaesthetic"}
    )
    product, _ = Preparation.objects.get_or_create(
        slug="lidocaine-1", defaults={"drug": lidocaine, "name": "Lidocaine 1 %", "mg_per_ml": Decimal("10")}
    )
    usual = {"preparation": product, "volume_ml": Decimal("2"), "lot": "A1", "expires_on": date(2030, 1, 1)}
    return DrugAdministration(**usual | fields)


def answers(visit, **changes):
    """What a complete record states once, whatever its sites and drugs."""
    usual = {"performed_by": visit.practitioner, "note": "", "observation_minutes": 20}
    usual |= {"needles_in": 1, "needles_out": 1, "had_complications": False}
    usual |= {"dose_profile": dose_limit().profile, "weight_kg": Decimal(70), "weight_on": visit.on}
    if "definition" not in changes:
        usual["definition"] = definition(visit_type=visit.visit_type)
    return usual | changes


def agreed(visit, *, definition, sites=(), drugs=()):
    """A plan that the patient has signed for and confirmed on the day."""
    text, _ = ConsentText.objects.get_or_create(version=1, defaults={"is_current": True})
    planned = {
        "patient": visit.patient,
        "definition": definition,
        "guidance": sites[0].guidance if sites else Guidance.LANDMARK,
        "guidance_reason": "It is easy to feel.",
        "with_steroid": any(drug.preparation.drug.kind == DrugKind.STEROID for drug in drugs),
    }
    by = {"planned_by": visit.practitioner.user or user()}
    plan, _ = ProcedurePlan.objects.update_or_create(appointment=visit, defaults=planned, create_defaults=planned | by)
    plan.sites.all().delete()
    for site in {(site.muscle, site.side): site for site in sites}.values():
        plan.sites.create(muscle=site.muscle, side=site.side)
    if not plan.consents.standing().exists():
        plan.consents.create(
            patient=visit.patient,
            text=text,
            words="Yes.",
            words_sha256="-",
            signed_name=str(visit.patient),
            signed_at=visit.starts_at - timedelta(hours=1),
            signed_by=plan.planned_by,
            confirmed_at=visit.starts_at,
            confirmed_by=plan.planned_by,
        )
    return plan


def draft(visit=None, *, sites=None, drugs=None, pain=(7, 3), once=None, complications=(), is_screened=True, **more):
    """The record of a visit, complete and ready to sign; `once` are other values that it states once."""
    visit = visit or arrived(**more)
    once = answers(visit, **once or {})
    sites, drugs = [site()] if sites is None else sites, [drug()] if drugs is None else drugs
    agreed(visit, definition=once["definition"], sites=sites, drugs=drugs)
    if is_screened and safety_questions.answered_for(visit) is None:
        screened(visit.patient, at=visit.starts_at - timedelta(hours=1))
    scores = dict(zip(("before", "after"), pain, strict=True))
    return signing.write_draft(visit, Entered(once, sites, drugs, scores, list(complications)))


def signed(*, signed_at, by=None, **more):
    """A signed record, with everything that signing creates; needs a `protocol()`.

    Most patients of the tests are called alike: whether they are one person is answered here.
    """
    record = draft(**more)
    if not record.same_person_reason and any(look_alikes.problems(record, at=timezone.now())):
        record.same_person_reason = "Seen side by side: they are two people."
        record.save(update_fields=["same_person_reason"])
    return signing.sign(record, by=by or user(), at=signed_at)
