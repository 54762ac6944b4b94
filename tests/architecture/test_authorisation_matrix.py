"""Every address x every method x everybody, against one table. An address that is not in the table fails.

The addresses come from the URLconf. What a person may not open answers with a sign-in page, 403, 404 or 405, shows
nothing of the patient and changes no row.
"""

import secrets
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from aftercare import asking
from aftercare.demo import portraits
from clinic import arriving, before_visit, booking, choosing, waiting
from clinic.models import AccessRelation, Appointment, AppointmentStatus, Message, PatientAccess, Role, WorkItem
from procedures.models import Procedure
from tests import factories
from tests.architecture import wrong_records
from tests.architecture.authorisation import EVERYBODY, FORBIDDEN, OPEN, SIGN_IN, TABLE, Rule
from tests.procedures import consents

pytestmark = pytest.mark.once
METHODS = ["GET", "POST", "PUT", "DELETE"]
CANARY = "Kanarienvogel"
HELD, BOOKED = "matrix-token-0001", "matrix-token-0002"

MANAGERS = Rule("manager", methods="GET POST", others=SIGN_IN)


def addresses(resolver=None, namespace=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from addresses(pattern, f"{pattern.namespace}:" if pattern.namespace else namespace)
        else:
            yield f"{namespace}{pattern.name}", pattern


def rule_for(name):
    return MANAGERS if name.startswith("admin:") else TABLE.get(name)


NAMES = sorted({name for name, _pattern in addresses() if not name.startswith("admin:")})


@pytest.fixture
def world(db, settings, tmp_path):
    """One patient's whole path, and one person of every kind."""
    settings.IMAGES_DIR = tmp_path
    call_command("loaddata", "regions", "muscles", "risks", "consent_texts", verbosity=0)
    now = timezone.now()
    factories.room()
    physician = factories.practitioner(ultrasound=True, hours=("00:00", "23:59"), days=range(7))
    physiotherapist = factories.physiotherapist()
    people = {
        "patient": factories.user(),
        "other patient": factories.user(),
        **{role: factories.user(role, password="calm-warm-plain") for role in Role.values},
    }
    people["manager"].is_staff = True
    people["manager"].save()
    for practitioner, role in ((physician, "physician"), (physiotherapist, "physiotherapist")):
        practitioner.user = people[role]
        practitioner.save()
    patient = factories.patient(family_name=CANARY)
    other = factories.patient()
    for user, own_patient in ((people["patient"], patient), (people["other patient"], other)):
        PatientAccess.objects.create(user=user, patient=own_patient, relation=AccessRelation.SELF)
    factories.protocol()
    procedure = factories.signed(
        patient=patient,
        practitioner=physician,
        starts_at=now - timedelta(hours=3),
        signed_at=now - timedelta(hours=2),
    )
    kind = factories.visit_type(slug="consultation")
    factories.physiotherapy(slug="physiotherapy")
    visit = factories.appointment(
        starts_at=now + timedelta(days=3),
        practitioner=physician,
        visit_type=kind,
        patient=patient,
        request_token=BOOKED,
    )
    clients = {person: Client() for person in EVERYBODY}
    for person, user in people.items():
        clients[person].force_login(user)
    held = _hold(clients["patient"], kind, physician, now=now)
    return {
        "clients": clients,
        "arguments": _arguments(patient, other, procedure, visit, held)
        | wrong_records.made(procedure, physician, by=people["physician"]),
        "patient": patient,
    }


def _hold(client, kind, physician, *, now):
    starts_at = factories.at(f"{timezone.localdate(now) + timedelta(days=4)} 10:00")
    appointment = booking.hold(
        visit_type=kind, practitioner=physician, starts_at=starts_at, request_token=HELD, held_by="x", at=now
    )
    session = client.session
    session["holds"] = [HELD, BOOKED]
    session.save()
    return appointment


def _arguments(patient, other, procedure, visit, held):
    """How to fill in each address, by the name of the address."""
    message = Message.objects.filter(patient=patient).first()
    item = WorkItem.objects.filter(patient=patient).first()
    hours = {"kind": "hours", "pk": visit.practitioner.working_hours.first().pk}
    visit_pk, entry_pk = {"pk": visit.pk}, {"pk": _on_waitlist(visit).pk}
    record, of_patient = {"pk": procedure.appointment_id}, {"pk": patient.pk}
    with_message, by_twilio = {"pk": message.pk}, {"provider": "twilio"}
    planned = {"pk": _with_plan(visit).pk}
    hold = {"visit_type": held.visit_type.slug, "token": held.request_token}
    booked = hold | {"token": visit.request_token}
    return {
        "region": {"key": procedure.sites.first().muscle.region_id},
        "procedure": {"slug": procedure.definition.slug},
        "person": {"slug": visit.practitioner.slug},
        "person-photo": {"name": _photo_of(visit.practitioner)},
        "book-times": {"visit_type": held.visit_type.slug},
        "book-hold": {"visit_type": held.visit_type.slug},
        "demo-sign-in": {"role": "nobody"},
        **dict.fromkeys(["book-details", "book-check"], hold),
        **dict.fromkeys(["book-booked", "book-calendar"], booked),
        "check-in": {"code": arriving.code_of(timezone.localdate())},
        "check-in-here": {"code": arriving.code_of(timezone.localdate())} | visit_pk,
        "my-waitlist-join": {"visit_type": held.visit_type.slug},
        **dict.fromkeys(["my-waitlist-take", "my-waitlist-leave"], entry_pk),
        **dict.fromkeys(["my-calendar", "my-cancel", "my-undo-cancel", "my-move"], visit_pk),
        **dict.fromkeys(["desk-appointment", "desk-check-in"], visit_pk),
        **dict.fromkeys(
            ["desk-undo-check-in", "desk-did-not-attend", "desk-cancel", "practice-visit", "practice-seen"], visit_pk
        ),
        **dict.fromkeys(["practice-record", "practice-record-review", "practice-record-addenda"], record),
        **dict.fromkeys(
            [f"practice-record-{part}" for part in ("doses", "second-person", "typed", "typed-drop")], record
        ),
        "practice-dose-limit-sign": {"pk": factories.dose_limit("procaine", signed=False).pk},
        **dict.fromkeys(["my-consent", "my-consent-withdraw", "desk-consent", "desk-consent-signed"], planned),
        **dict.fromkeys(["practice-plan", "practice-consent-confirm", "practice-consent-withdraw"], planned),
        **dict.fromkeys(["my-summary", "practice-summary"], record),
        "practice-history": of_patient,
        **_of_referral(procedure),
        **_of_plan(procedure.care_plan),
        **dict.fromkeys(["my-screening", "my-screening-thanks", "my-where-it-hurts"], of_patient),
        "practice-screening": {"pk": _screened(patient).pk},
        "desk-screening": visit_pk,
        "desk-hours-add": {"kind": "closures"},
        **dict.fromkeys(["desk-hours-change", "desk-hours-remove"], hours),
        **dict.fromkeys(["desk-message", "desk-message-again"], with_message),
        **dict.fromkeys(["desk-patient-messages", "desk-patient-choose", "my-messages-choose"], of_patient),
        "desk-contact": {"pk": patient.pk, "contact": patient.contacts.first().pk},
        "reminders": {"token": choosing.SIGNER.sign(patient.pk)},
        "visit": {"token": before_visit.link_of(visit).rstrip("/").rpartition("/")[2]},
        **dict.fromkeys(["message-receipts", "message-replies"], by_twilio),
        **dict.fromkeys(["desk-move", "desk-move-to", "desk-undo-cancel"], visit_pk),
        "desk-doubles": {"pk": patient.pk},
        "desk-merge": {"pk": patient.pk, "other": other.pk},
        **dict.fromkeys(["desk-patient", "desk-book-patient"], of_patient),
        "desk-work-done": {"pk": item.pk},
        "desk-work-tomorrow": {"pk": item.pk},
        "account_reset_password_from_key": {"uidb36": "1", "key": "set-password"},
    }


def _photo_of(practitioner):
    practitioner.photo.save(f"{secrets.token_hex(16)}.jpg", ContentFile(portraits.drawn(portraits.LOOKS[0])))
    return practitioner.photo.name


def _of_plan(plan):
    """The days after, and a question that was asked just now."""
    asked = plan.checks.create(
        asks="how-are-you",
        moment="+1h",
        due_at=timezone.now() - timedelta(hours=1),
        open_until=timezone.now() + timedelta(days=1),
    )
    told = plan.symptom_checks.create(patient=plan.patient, outcome="red")
    of_plan, by_link = {"pk": plan.pk}, {"token": asking.SIGNER.sign(asked.pk)}
    names = ["my-symptoms", *(f"my-aftercare-{part}" for part in ("plan", "next-visit", "pain"))]
    return {
        **dict.fromkeys(names, of_plan),
        **dict.fromkeys(["care-check", "care-check-pain"], by_link),
        "my-symptoms-said": {"pk": plan.pk, "check": told.pk},
        "practice-check": {"pk": told.pk},
    }


def _of_referral(procedure):
    """The referral of this record, and an exercise that was assigned for it."""
    referral = {"pk": procedure.care_plan.referral.pk}
    exercise = factories.prescription(procedure.care_plan)
    assigned = {"pk": exercise.pk}
    names = [f"my-physiotherapy{part}" for part in ("", "-answer", "-take-back")]
    names += ["desk-referral-answer", "desk-referral-take-back", "practice-referral"]
    names += [f"practice-referral-{act}" for act in ("assess", "exercises", "answer", "take-back")]
    return {
        **dict.fromkeys(names, referral),
        **dict.fromkeys(["my-exercise-done", "my-exercise-undone"], assigned),
        "practice-prescription-end": referral | {"prescription": exercise.pk},
        "desk-physiotherapy": {"pk": procedure.patient_id},
    }


def _screened(patient):
    """The patient, with safety answers to look at."""
    factories.screened(patient, at=timezone.now())
    return patient


def _with_plan(visit):
    return consents.planned(visit, at=timezone.now()).appointment


def _on_waitlist(visit):
    on = timezone.localdate(visit.starts_at)
    return waiting.join(visit.patient, visit.visit_type, earliest_on=on, latest_on=on, at=timezone.now())


def outcome(response):
    if response.status_code == 302 and "/login/" in response["Location"]:
        return SIGN_IN
    if response.status_code in (403, 404, 405):
        return str(response.status_code)
    assert response.status_code < 500 or response.status_code == 503  # /readyz, when no worker runs
    return OPEN


def rows():
    """What a refused request must leave as it was."""
    return [
        list(model.objects.order_by("pk").values_list("pk", "status"))
        for model in (Appointment, Message, WorkItem, Procedure)
    ]


def test_every_address_is_in_the_table():
    assert sorted(set(TABLE)) == NAMES


@pytest.mark.repeated_queries_allowed
@pytest.mark.parametrize("name", NAMES)
def test_address_is_open_to_those_in_the_table_only(world, name):
    address = reverse(name, kwargs=world["arguments"].get(name))
    before = rows()
    wrong = []

    for person in EVERYBODY:
        for method in METHODS:
            with transaction.atomic():
                response = world["clients"][person].generic(method, address)
                found, expected = outcome(response), rule_for(name).expected(person, method)
                if name == "demo-sign-in" and method == "POST":
                    found = OPEN  # the door is open; it says 404 to a role that does not exist
                if found not in expected:
                    wrong.append(f"{person} {method}: {found}, expected {expected}")
                if found != OPEN:
                    assert rows() == before
                    assert CANARY not in response.content.decode(errors="replace")
                transaction.set_rollback(True)

    assert wrong == []


@pytest.mark.repeated_queries_allowed
def test_catalogue_is_open_to_managers_only(world):
    names = {name for name, pattern in addresses() if name.startswith("admin:") and "<" not in str(pattern.pattern)}
    wrong = []

    for name in sorted(names - {"admin:login", "admin:logout", "admin:jsi18n", "admin:password_change_done"}):
        for person in EVERYBODY:
            found = outcome(world["clients"][person].get(reverse(name)))
            # Some things are neither added nor deleted, by anybody.
            if found not in MANAGERS.expected(person, "GET") | ({FORBIDDEN} if person == "manager" else set()):
                wrong.append(f"{name} {person}: {found}")

    assert wrong == []


@pytest.mark.parametrize("person", ["patient", "other patient"])
def test_ended_access_opens_nothing(world, person):
    PatientAccess.objects.update(until=timezone.now())

    page = world["clients"][person].get(reverse("my"))

    assert CANARY not in page.content.decode()
    assert Appointment.objects.filter(status=AppointmentStatus.CANCELLED).count() == 0
