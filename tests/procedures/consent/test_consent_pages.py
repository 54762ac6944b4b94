"""Plan and consent as the physician, the patient and the desk meet them."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from clinic.models import AuditEvent, Role
from procedures.consent import consents
from procedures.models import Consent, Guidance, ProcedurePlan, Side
from tests import factories
from tests.procedures.consent import signatures
from tests.procedures.consent.conftest import CATALOGUE
from tests.procedures.consent.signatures import BUTTOCK, LUNG
from tests.web import NOT_FOUND, refusal, sign_in, words

pytestmark = pytest.mark.django_db
MORNING = factories.at("2026-03-02 09:50")


@pytest.fixture
def visit(physician):
    """A visit with this physician on Monday at 10:00."""
    call_command("loaddata", *CATALOGUE, "site_sets", verbosity=0)
    arrived = factories.arrived(practitioner=physician)
    factories.definition(visit_type=arrived.visit_type, name="Trigger point block")
    with time_machine.travel(MORNING, tick=False):
        yield arrived


@pytest.fixture
def account(client, visit):
    """The patient's own, signed in."""
    return sign_in(client, visit.patient)


def plan_typed(visit, *rows, **changes):
    """As the browser sends it: rows of (muscle, side)."""
    data = {
        "patient": visit.patient_id,
        "definition": visit.visit_type.procedure_definitions.get().pk,
        "guidance": Guidance.LANDMARK,
        "guidance_reason": "It is easy to feel.",
        "with_steroid": "no",
        "sites-TOTAL_FORMS": len(rows),
        "sites-INITIAL_FORMS": 0,
    }
    for number, (muscle, side) in enumerate(rows):
        data |= {f"sites-{number}-muscle": muscle, f"sites-{number}-side": side}
    return data | changes


def signature(plan, **changes):
    data = {"patient": plan.patient_id, "seen": consents.wording_for(plan).sha256}
    return data | {"agreed": "on", "name": "Rasa Example", "interpreter": ""} | changes


def address_of(name, visit):
    return reverse(name, args=[visit.pk])


# The plan


def test_physician_plans_a_visit(client, visit):
    rows = [(LUNG, "left"), ("", ""), (BUTTOCK, "right")]

    response = client.post(
        address_of("practice-plan", visit), plan_typed(visit, *rows, with_steroid="yes"), follow=True
    )

    plan = ProcedurePlan.objects.get()
    assert list(plan.sites.values_list("muscle", "side")) == [(LUNG, "left"), (BUTTOCK, "right")]
    assert (plan.with_steroid, plan.guidance_reason, plan.patient) == (True, "It is easy to feel.", visit.patient)
    assert "can read and sign the consent now" in words(response)
    assert AuditEvent.objects.filter(patient=visit.patient, what="plan of a visit", action="C").exists()


def test_side_and_steroid_have_no_default_and_what_was_typed_stays(client, visit):
    page = client.get(address_of("practice-plan", visit)).content.decode()
    sent = plan_typed(visit, (LUNG, ""), with_steroid="", guidance_reason="Because it is near.")

    response = client.post(address_of("practice-plan", visit), sent)

    assert not re.search(r'name="(sites-\d-side|with_steroid)"[^>]*checked', page)
    assert "Choose left, right or middle." in words(response)
    assert "Say whether a steroid is planned." in words(response)
    assert 'value="Because it is near."' in response.content.decode()
    assert ProcedurePlan.objects.count() == 0


def test_set_of_sites_comes_with_one_tap_and_is_not_saved_unread(client, visit):
    page = client.get(address_of("practice-plan", visit)).content.decode()
    pattern = re.search(r'value="([^"]+)">\s*Neck and shoulders, left\s*<', page)[1]

    sent = plan_typed(visit, (BUTTOCK, "left"), add_sites=pattern)
    response = client.post(address_of("practice-plan", visit), sent)

    assert [row.typed for row in response.context["rows"].forms] == [
        {"muscle": BUTTOCK, "side": "left"},
        {"muscle": "trap_upper", "side": "left"},
        {"muscle": "levator", "side": "left"},
    ]
    assert ProcedurePlan.objects.count() == 0


def test_removed_row_is_no_site(client, visit):
    sent = plan_typed(visit, (LUNG, "left"), (BUTTOCK, "left")) | {"sites-0-DELETE": "on"}

    client.post(address_of("practice-plan", visit), sent)

    assert list(ProcedurePlan.objects.get().sites.values_list("muscle", flat=True)) == [BUTTOCK]


def test_plan_of_a_page_for_another_patient_is_refused(client, visit):
    sent = plan_typed(visit, (LUNG, "left"), patient=factories.patient().pk)

    assert client.post(address_of("practice-plan", visit), sent).status_code == 409
    assert ProcedurePlan.objects.count() == 0


def test_changed_plan_says_that_the_consent_has_ended(client, visit):
    signatures.sign(signatures.planned(visit))

    response = client.post(address_of("practice-plan", visit), plan_typed(visit, (BUTTOCK, "right")), follow=True)

    assert "the consent that Rasa Example signed has ended" in words(response)
    assert "ended, the plan has changed" in words(response)


# The patient's page


def test_patient_is_led_to_the_consent_reads_and_signs_it(client, account, visit):
    plan = signatures.planned(visit, sites=[(LUNG, Side.LEFT)])

    home = client.get(reverse("my"))
    page = client.get(address_of("my-consent", visit))
    signed = client.post(address_of("my-consent", visit), signature(plan), follow=True)

    assert address_of("my-consent", visit) in home.content.decode()
    assert "top shoulder muscle, on the left" in words(page)
    assert "Signed by Rasa Example" in words(signed)
    consent = Consent.objects.get()
    assert (consent.signed_by, consent.signed_here, consent.signed_name) == (account, False, "Rasa Example")
    assert AuditEvent.objects.filter(patient=visit.patient, what="consent", by=account, action="C").count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "Rasa"}, "Write your first name and your family name."),
        ({"agreed": ""}, "Tick this if you say yes."),
    ],
)
def test_signature_that_lacks_something_is_told_at_its_field_and_loses_nothing(
    client, account, visit, changes, sentence
):
    plan = signatures.planned(visit)

    response = client.post(address_of("my-consent", visit), signature(plan, interpreter="Ona Other", **changes))

    assert sentence in words(response)
    assert 'value="Ona Other"' in response.content.decode()
    assert Consent.objects.count() == 0


def test_words_that_changed_are_refused_with_409(client, account, visit):
    sent = signature(signatures.planned(visit))
    signatures.planned(visit, with_steroid=True)

    response = client.post(address_of("my-consent", visit), sent)

    assert response.status_code == 409
    assert "The words have changed since you read them." in words(response)


def test_who_only_helps_the_patient_reads_it_and_cannot_sign(client, visit):
    signatures.planned(visit, at=MORNING)
    client.force_login(factories.account_of(visit.patient, relation="helper"))
    address = reverse("my-consent", args=[visit.pk])

    assert client.get(address).status_code == 200
    assert "Only the patient can sign this." in words(client.post(address, {"agreed": "on", "name": "Ona Example"}))
    assert Consent.objects.count() == 0


def test_patient_takes_it_back(client, account, visit):
    consent = signatures.sign(signatures.planned(visit))
    shown = {"patient": visit.patient_id, "consent": consent.pk}

    response = client.post(address_of("my-consent-withdraw", visit), shown, follow=True)

    assert "You have taken back your yes." in words(response)
    assert Consent.objects.get().withdrawn_by == account
    assert "The yes was taken back on 2 March" in words(response)


def test_another_patient_finds_nothing(client, visit):
    signatures.planned(visit)
    sign_in(client, factories.patient())

    assert refusal(client.get(address_of("my-consent", visit))) == NOT_FOUND
    assert refusal(client.post(address_of("my-consent-withdraw", visit))) == NOT_FOUND


# On the clinic's device


def test_desk_hands_over_a_page_with_nothing_else_of_the_clinic(client, visit):
    plan = signatures.planned(visit)
    desk = factories.user(Role.DESK)
    client.force_login(desk)

    page = client.get(address_of("desk-consent", visit)).content.decode()
    response = client.post(address_of("desk-consent", visit), signature(plan), follow=True)

    assert re.findall(r'<a [^>]*href="(?!#)([^"]+)"', page) == []
    assert "Please give the device back." in words(response)
    assert (Consent.objects.get().signed_here, Consent.objects.get().signed_by) == (True, desk)


def test_desk_sees_signed_or_not_and_no_muscle(client, visit):
    signatures.planned(visit)
    client.force_login(factories.user(Role.DESK))

    page = words(client.get(reverse("desk-appointment", args=[visit.pk])))

    assert "not signed yet" in page
    assert "iriformis" not in page


# The physician's page


def test_physician_confirms_on_the_day_and_takes_it_back_for_the_patient(client, visit):
    consent = signatures.sign(signatures.planned(visit, at=MORNING - timedelta(days=2)), at=MORNING - timedelta(days=1))
    shown = {"patient": visit.patient_id, "consent": consent.pk}

    before = words(client.get(reverse("practice-visit", args=[visit.pk])))
    confirmed = words(client.post(address_of("practice-consent-confirm", visit), shown, follow=True))
    ended = words(client.post(address_of("practice-consent-withdraw", visit), shown, follow=True))

    assert "The patient says yes again today" in before
    assert "signed, and said again on the day" in confirmed
    assert "taken back" in ended


def test_confirming_the_consent_of_another_patient_is_refused(client, visit):
    consent = signatures.sign(signatures.planned(visit))
    shown = {"patient": factories.patient().pk, "consent": consent.pk}

    assert client.post(address_of("practice-consent-confirm", visit), shown).status_code == 409
    assert Consent.objects.get().confirmed_at is None


@pytest.mark.parametrize("role", [Role.DESK, Role.PHYSICIAN])
def test_colleague_sees_who_signed_by_another_name(client, physician, visit, role):
    consent = signatures.sign(signatures.planned(visit), name="Jonas Other", signed_as="legal")
    client.force_login(physician.user if role == Role.PHYSICIAN else factories.user(role))
    home = reverse("practice-visit" if role == Role.PHYSICIAN else "desk-appointment", args=[visit.pk])
    shown = {"patient": visit.patient_id, "consent": consent.pk}

    before = words(client.get(home))
    after = words(client.post(address_of("desk-consent-signer", visit), shown, follow=True))

    assert "“Jonas Other” signed. The patient is called Rasa Example here." in before
    assert "Signed as: a legal representative." in before
    assert "Jonas Other (a legal representative): seen by" in after


def test_who_signs_by_another_name_is_asked_who_they_are_and_loses_nothing(client, account, visit):
    plan = signatures.planned(visit)
    asked = 'name="signed_as"'

    page = client.get(address_of("my-consent", visit))
    stopped = client.post(address_of("my-consent", visit), signature(plan, name="Jonas Other"))
    assert (asked in page.content.decode(), asked in stopped.content.decode()) == (False, True)
    assert "This is not the name of Rasa Example. Say who you are." in words(stopped)
    assert 'value="Jonas Other"' in stopped.content.decode()

    other = client.post(address_of("my-consent", visit), signature(plan, name="Jonas Other", signed_as="else"))
    assert "Only Rasa Example can say yes to this" in words(other)
    assert Consent.objects.count() == 0


def test_page_for_a_child_asks_from_the_start_who_signs(client, visit):
    visit.patient.birth_date = date(2015, 3, 2)
    visit.patient.save()
    sign_in(client, visit.patient)
    signatures.planned(visit)

    page = words(client.get(address_of("my-consent", visit)))

    assert "I am a parent or guardian of Rasa Example" in page
