"""A patient answers at home on the phone, something is amber, and the physician reviews it before the visit."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from clinic.models import AccessRelation, Appointment, PatientAccess, User, WorkItem
from procedures.models import PainReport, Screening
from procedures.screening import safety_questions
from tests.journeys import steps
from tests.journeys.steps import TUESDAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.repeated_queries_allowed]


@pytest.fixture
def visit(demo_clinic_at):
    """The next injection without answers; the demo's account may act for its patient."""
    demo_clinic_at(TUESDAY)
    coming = safety_questions.injections(Appointment.objects.all(), at=timezone.now())
    unanswered = next(each for each in coming if safety_questions.answered_for(each) is None)
    account = User.objects.get(email="patient@demo.example")
    PatientAccess.objects.create(user=account, patient=unanswered.patient, relation=AccessRelation.FAMILY)
    return unanswered


def takes_warfarin_and_mistypes_the_weight(phone, look):
    """The weight is asked for again; what was typed stays."""
    steps.answers_the_safety_questions(phone, blood_thinner="yes")
    phone.locator("[name=blood-thinner-more]").fill("warfarin")
    phone.locator("[name=weight_kg]").fill("7200")
    steps.press(phone.get_by_role("button", name="Send my answers"))
    expect(phone.get_by_text("Please check your answers")).to_be_visible()
    assert look(phone) == []
    expect(phone.locator("[name=blood-thinner-more]")).to_have_value("warfarin")
    phone.locator("[name=weight_kg]").fill("72")
    steps.press(phone.get_by_role("button", name="Send my answers"))


def shows_where_it_hurts(phone, javascript):
    """By tapping the picture, or by choosing from the list."""
    if javascript:
        phone.locator("[data-area=shoulder-top-left]").click()
        phone.locator("[data-area=forearm-front-right]").click()
        expect(phone.get_by_text("Right forearm, front: marked")).to_be_visible()
        phone.get_by_text("Choose from a list").click()
    else:
        phone.get_by_label("Top of the left shoulder").check()
        phone.get_by_label("Right forearm, front").check()
    expect(phone.locator("[name=areas]:checked")).to_have_count(2)
    phone.locator("[name=score][value='6']").check(force=True)
    steps.press(phone.get_by_role("button", name="Send it to my doctor"))


def looks_and_decides(physician, patient, look):
    physician.goto("/practice/")
    assert look(physician) == []
    waiting = physician.locator(".waiting li", has_text=str(patient))
    steps.press(waiting.get_by_role("link", name="Look at the answers"))
    assert look(physician) == []
    expect(physician.locator(".alert-item.is-present", has_text="Blood thinner")).to_be_visible()
    physician.get_by_label("What you decided").fill("INR 2.4, superficial sites only.")
    steps.press(physician.get_by_role("button", name="I have looked at the answers"))
    assert look(physician) == []


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_a_patient_answers_and_a_physician_looks(visit, browser_page, axe, javascript):
    look = (lambda page: axe(page)) if javascript else (lambda page: [])

    # Given a patient with an injection to come, who is asked on their own pages
    phone = browser_page("phone", javascript=javascript)
    steps.becomes(phone, "patient")
    phone.goto("/my/")
    assert look(phone) == []
    steps.press(phone.get_by_role("link", name="Answer the safety questions"))
    assert look(phone) == []
    phone.wait_for_load_state()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390

    # When one answer is forgotten, and then one is amber
    takes_warfarin_and_mistypes_the_weight(phone, look)

    # Then nothing more is required of the patient, who shows where it hurts
    expect(phone.get_by_text("You do not need to do anything.")).to_be_visible()
    assert look(phone) == []
    steps.press(phone.get_by_role("link", name="Show us where it hurts"))
    assert look(phone) == []
    shows_where_it_hurts(phone, javascript)
    report = PainReport.objects.filter(patient=visit.patient).first()
    assert sorted(area.pk for area in report.areas.all()) == ["forearm-front-right", "shoulder-top-left"]

    # And a physician finds it and decides, and nothing is left to review
    physician = browser_page("desk", javascript=javascript)
    steps.becomes(physician, "physician")
    looks_and_decides(physician, visit.patient, look)
    given = Screening.objects.filter(patient=visit.patient).first()
    assert (given.review_note, given.needs_review) == ("INR 2.4, superficial sites only.", False)
    assert not WorkItem.objects.for_physicians().requested().filter(patient=visit.patient).exists()
    assert safety_questions.valid_until(given) - given.answered_at == timedelta(days=30)
