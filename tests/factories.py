"""Makes the people, places and records of a small clinic. Plain functions: what you do not say has a sensible value.

The week of the tests: `NOW` is Monday 2 March 2026, 07:00 in Vilnius; everybody works from 09:00 to 17:00.
"""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count

from django.contrib.auth.models import Group
from django.utils import timezone

from aftercare.models import AftercareProtocol, Exercise, ExercisePrescription
from clinic.messaging import outbox
from clinic.models import (
    AlertKind,
    AlertState,
    Appointment,
    AppointmentStatus,
    ContactSystem,
    CredentialKind,
    MessageCategory,
    MessageChannel,
    Patient,
    Practitioner,
    PractitionerRole,
    Room,
    UltrasoundMachine,
    User,
    VisitType,
)
from clinic.people.registration import Newcomer
from procedures.dosing import limits
from procedures.models import (
    BodyRegion,
    ConsentText,
    DoseLimit,
    DoseProfile,
    Drug,
    DrugAdministration,
    DrugKind,
    Guidance,
    InjectionSite,
    Muscle,
    Preparation,
    ProcedureDefinition,
    ProcedurePlan,
    Screening,
    ScreeningOutcome,
    Side,
    Twitch,
)
from procedures.records import signing
from procedures.screening import safety_questions

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
MONDAY = date(2026, 3, 2)
WORKING_DAYS = range(5)
NEEDS_NO_PATIENT = (AppointmentStatus.PENDING, AppointmentStatus.EXPIRED)

numbers = count(1)


def at(text):
    """The instant of a civil time of the clinic: `at("2026-03-02 09:00")`."""
    return datetime.fromisoformat(text).replace(tzinfo=timezone.get_default_timezone())


def civil(instant):
    """The other way round: what the clock on the clinic's wall says then."""
    return f"{timezone.localtime(instant, timezone.get_default_timezone()):%Y-%m-%d %H:%M}"


# Places


def room():
    return Room.objects.create(name=f"Room {next(numbers)}")


def machine():
    return UltrasoundMachine.objects.create(name=f"Machine {next(numbers)}")


# Staff


def practitioner(*, role=PractitionerRole.PHYSICIAN, hours=("09:00", "17:00"), days=WORKING_DAYS, ultrasound=False):
    """Somebody who works `hours` on `days` (0 is Monday; `hours=None`: never), with a credential if `ultrasound`."""
    person = Practitioner.objects.create(name=f"Dr {next(numbers)}", role=role)
    if hours is not None:
        for day in days:
            work(person, day, *hours)
    if ultrasound:
        person.credentials.create(kind=CredentialKind.ULTRASOUND, valid_from=date(2020, 1, 1))
    return person


def work(person, weekday, starts, ends, **valid):
    return person.working_hours.create(
        weekday=weekday, starts=time.fromisoformat(starts), ends=time.fromisoformat(ends), **valid
    )


def physiotherapist(**more):
    return practitioner(role=PractitionerRole.PHYSIOTHERAPIST, **more)


def user(role=None, **fields):
    """An account; with a role it is a colleague's and may what the role may."""
    account = User.objects.create_user(fields.pop("email", f"person{next(numbers)}@mail.example"), **fields)
    if role:
        account.groups.add(Group.objects.get(name=role))
    return account


# What can be booked


def visit_type(**fields):
    """A consultation of 30 minutes in a room, on the half hours, without notice."""
    usual = {
        "name": "Consultation",
        "slug": f"visit-{next(numbers)}",
        "role": PractitionerRole.PHYSICIAN,
        "base_minutes": 30,
        "start_every_minutes": 30,
        "notice_hours": 0,
    }
    return VisitType.objects.create(**usual | fields)


def physiotherapy(**fields):
    return visit_type(name="Physiotherapy", role=PractitionerRole.PHYSIOTHERAPIST, **fields)


def appointment(*, starts_at, practitioner, visit_type, minutes=30, **fields):
    """A row as it is, without asking whether the time is open."""
    if "patient" not in fields and fields.get("status") not in NEEDS_NO_PATIENT:
        fields["patient"] = patient()
    return Appointment.objects.create(
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        practitioner=practitioner,
        visit_type=visit_type,
        **fields,
    )


# Patients


def patient(*, email=None, phone="", given_name="Rasa", family_name="Example", was_booked_with=True):
    """With an e-mail address of their own; `email=""` and a `phone` for one without; both empty for no contact."""
    person = Patient.objects.create(given_name=given_name, family_name=family_name, birth_date=date(1980, 2, 29))
    email = f"patient{person.pk}@mail.example" if email is None else email
    for system, value in ((ContactSystem.EMAIL, email), (ContactSystem.PHONE, phone)):
        if value:
            person.contacts.create(system=system, value=value, was_booked_with=was_booked_with)
    return person


def newcomer(**fields):
    usual = {"given_name": "Jonas", "family_name": "New", "birth_date": date(1975, 5, 5)}
    return Newcomer(**usual | {"email": "jonas@mail.example"} | fields)


# Messages


def message(**fields):
    """An e-mail with a reminder, due at `NOW` and of use for a day."""
    usual = {
        "key": f"test:{next(numbers)}",
        "category": MessageCategory.REMINDER,
        "channel": MessageChannel.EMAIL,
        "address": "rasa@mail.example",
        "subject": "A reminder",
        "body": "Please come.",
        "due_at": NOW,
        "may_wake": True,
    }
    fields = usual | fields
    return outbox.schedule(**{"not_after": fields["due_at"] + timedelta(days=1)} | fields)


# Safety answers


def screened(patient, *, at):
    """Asked about every danger then, and none is there."""
    asker = user()
    for kind in AlertKind.values:
        patient.alerts.create(kind=kind, state=AlertState.ABSENT, noted_at=at, noted_by=asker)
    return Screening.objects.create(patient=patient, outcome=ScreeningOutcome.GREEN, answered_at=at, answered_by=asker)


# Procedures


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


def protocol(**fields):
    """In force for every procedure: 48 hours without heavy lifting, physiotherapy within 7 days."""
    return AftercareProtocol.objects.create(**{"name": f"Protocol {next(numbers)}"} | fields)


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


def dose_profile():
    return DoseProfile.objects.get_or_create(slug="B_UK_IE", defaults={"name": "B", "is_default": True})[0]


def dose_limit(name="lidocaine", *, signed=True, **fields):
    """Of the default profile: 4.5 mg/kg, at most 200 mg for one procedure; in force if `signed`. Made once."""
    substance, _ = Drug.objects.get_or_create(
        slug=name, defaults={"name": name.capitalize(), "kind": "local-anaesthetic"}
    )
    key = {"profile": dose_profile(), "drug": substance, "with_adrenaline": False, "period": "procedure", "version": 1}
    key |= {field: fields.pop(field) for field in list(fields) if field in key}
    if found := DoseLimit.objects.filter(**key).first():
        return found
    usual = {"mg_per_kg": Decimal("4.5"), "max_mg": Decimal(200), "source": "Label of the tests, 2026"}
    limit = DoseLimit.objects.create(**key | usual | fields)
    return limits.sign_limit(limit, by=user(), at=NOW) if signed else limit


def arrived(**fields):
    """A visit on Monday at 10:00 whose patient has been checked in."""
    if "practitioner" not in fields:
        fields["practitioner"] = practitioner(hours=None)
    if "visit_type" not in fields:
        fields["visit_type"] = visit_type()
    fields.setdefault("starts_at", at("2026-03-02 10:00"))
    return appointment(status=AppointmentStatus.ARRIVED, **fields)


def said(visit, **changes):
    """What a complete record says once."""
    usual = {"performed_by": visit.practitioner, "note": "", "observation_minutes": 20}
    usual |= {"needles_in": 1, "needles_out": 1, "had_complications": False}
    usual |= {"dose_profile": dose_limit().profile, "weight_kg": Decimal(70), "weight_on": visit.on}
    if "definition" not in changes:
        usual["definition"] = definition(visit_type=visit.visit_type)
    return usual | changes


def agreed(visit, *, definition, sites=(), drugs=()):
    """This was planned, and the patient signed for it and said yes again on the day."""
    text, _ = ConsentText.objects.get_or_create(version=1, defaults={"is_current": True})
    said = {
        "patient": visit.patient,
        "definition": definition,
        "guidance": sites[0].guidance if sites else Guidance.LANDMARK,
        "guidance_reason": "It is easy to feel.",
        "with_steroid": any(drug.preparation.drug.kind == DrugKind.STEROID for drug in drugs),
    }
    by = {"planned_by": visit.practitioner.user or user()}
    plan, _ = ProcedurePlan.objects.update_or_create(appointment=visit, defaults=said, create_defaults=said | by)
    plan.sites.all().delete()
    for muscle, side in {(site.muscle, site.side) for site in sites}:
        plan.sites.create(muscle=muscle, side=side)
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
    """The record of a visit, complete and ready to sign; `once` are other things that it says once."""
    visit = visit or arrived(**more)
    once = said(visit, **once or {})
    sites, drugs = [site()] if sites is None else sites, [drug()] if drugs is None else drugs
    agreed(visit, definition=once["definition"], sites=sites, drugs=drugs)
    if is_screened and safety_questions.answered_for(visit) is None:
        screened(visit.patient, at=visit.starts_at - timedelta(hours=1))
    return signing.write_draft(
        visit,
        said=once,
        sites=sites,
        drugs=drugs,
        complications=complications,
        pain=dict(zip(("before", "after"), pain, strict=True)),
    )


def signed(*, signed_at, by=None, **more):
    """A signed record, with everything that signing brings; needs a `protocol()`."""
    return signing.sign(draft(**more), by=by or user(), at=signed_at)


# What follows


def exercise(*muscles, **fields):
    """A gentle one of the library, for these muscles."""
    usual = {"slug": "x09", "name": "Pendulum", "kind": "gentle", "how": "Swing your arm.\nStop."}
    usual |= {"dose": "2 rounds of 10", "picture_words": "An arm swings.", "source": "-"}
    fields = usual | fields
    made, _ = Exercise.objects.get_or_create(slug=fields.pop("slug"), defaults=fields)
    made.muscles.add(*muscles)
    return made


def prescription(plan, **fields):
    """A row as it is: begun when the plan began."""
    if "exercise" not in fields:
        fields["exercise"] = exercise()
    usual = {"patient": plan.patient, "dose": fields["exercise"].dose, "starts_at": plan.starts_at}
    usual["prescribed_at"] = plan.starts_at
    if "prescribed_by" not in fields:
        fields["prescribed_by"] = user()
    return ExercisePrescription.objects.create(care_plan=plan, **usual | fields)
