"""Consent by phone: planned by the physician, read and signed by the patient on the day."""

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from procedures.models import Consent
from tests import factories
from tests.journeys import steps

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def visit(time_machine):
    """On Monday at 10:00; its patient has an account and is here."""
    time_machine.move_to(factories.at("2026-03-02 09:40"), tick=True)
    names = ["regions", "body_areas", "muscles", "pain_patterns", "further_muscles", "drugs", "risks"]
    names += ["site_risks", "screening_questions", "illness_questions", "consent_texts", "site_sets"]
    call_command("loaddata", *names, verbosity=0)
    physician = factories.colleague(name="Dr Planning")
    visit = factories.arrived(practitioner=physician)
    factories.definition(visit_type=visit.visit_type, name="Trigger point block")
    factories.account_of(visit.patient)
    return visit


def plans_the_left_shoulder(physician, visit, look):
    physician.goto(f"/practice/visits/{visit.pk}/")
    steps.press(physician.get_by_role("link", name="Plan this visit"))
    look(physician)
    steps.press(physician.get_by_role("button", name="Shoulder, left"))
    physician.get_by_label("Remove").nth(1).check()
    physician.get_by_label("By touch, without ultrasound").check()
    physician.get_by_label("Why with or without ultrasound").fill("It is easy to feel.")
    physician.get_by_label("No steroid").check()
    steps.press(physician.get_by_role("button", name="Save the plan").last)
    look(physician)
    expect(physician.get_by_text("not signed yet")).to_be_visible()


def reads_and_signs(phone, look):
    """Asked again for what was forgotten."""
    phone.goto("/my/")
    look(phone)
    steps.press(phone.get_by_role("link", name="Read and sign"))
    look(phone)
    expect(phone.get_by_text("top shoulder-blade muscle, on the left")).to_be_visible()
    phone.get_by_label("Your full name").fill("Rasa Example")
    steps.press(phone.get_by_role("button", name="Sign", exact=True))
    expect(phone.get_by_text("Please check your answers")).to_be_visible()
    look(phone)
    phone.get_by_label("I have read this.").check()
    steps.press(phone.get_by_role("button", name="Sign", exact=True))


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_patient_signs_on_the_phone_what_the_physician_planned(visit, browser_page, axe, javascript):
    def look(page):
        page.wait_for_load_state("load")
        assert not javascript or axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]

    # Given a plan: a set of sites chosen with one tap, one of them removed again
    physician = browser_page("desk", javascript=javascript)
    steps.is_signed_in(physician, visit.practitioner.user)
    plans_the_left_shoulder(physician, visit, look)

    # When the patient reads it on the phone, forgets something, and then signs
    phone = browser_page("phone", javascript=javascript)
    steps.is_signed_in(phone, visit.patient.access.get().user)
    reads_and_signs(phone, look)

    # Then the text and the signature are shown, and it is not asked for again on the day on which it was signed
    expect(phone.get_by_text("Signed by Rasa Example")).to_be_visible()
    look(phone)
    physician.reload()
    expect(physician.get_by_text("signed on the day")).to_be_visible()
    expect(physician.get_by_role("button", name="The patient says yes again today")).not_to_be_visible()
    look(physician)
    consent = Consent.objects.get()
    assert (consent.signed_here, consent.signed_as, consent.is_signer_known) == (False, "patient", True)

    # And the patient's history shows it
    steps.press(physician.get_by_role("link", name="History on a time line"))
    expect(physician.get_by_role("heading", name="Consent signed")).to_be_visible()
    look(physician)
