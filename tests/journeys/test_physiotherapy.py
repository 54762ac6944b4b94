"""From the assessment on a tablet to the patient's tick on the phone, with and without JavaScript."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from aftercare.models import ExerciseDone, ExercisePrescription, PhysiotherapyAssessment
from clinic.models import Role
from procedures.models import PainCause
from tests import factories
from tests.journeys import steps

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def referral():
    """The shoulder was injected two hours ago."""
    now = timezone.now()
    factories.protocol()
    muscle = factories.muscle(slug="supraspinatus", name="top shoulder-blade muscle")
    factories.exercise(muscle, slug="x09", name="Pendulum", not_when="You feel dizzy.")
    factories.exercise(muscle, slug="x05", name="Blade squeeze", kind="strength", position=2)
    signed_at = now - timedelta(hours=2)
    site = factories.site(muscle=muscle)
    return factories.care_plan(sites=[site], starts_at=signed_at, signed_at=signed_at).referral


def assesses(page, referral, look):
    page.goto(f"/practice/referrals/{referral.pk}/")
    look(page)
    steps.press(page.get_by_role("link", name="Write the assessment"))
    page.locator("[name=pain_now][value='4']").check()
    page.locator("[name=neck-rotation-left]").fill("60")
    steps.press(page.get_by_role("button", name="Keep the assessment"))
    expect(page.get_by_text("Please check your answers")).to_be_visible()
    look(page)
    expect(page.locator("[name=neck-rotation-left]")).to_have_value("60")
    for cause in PainCause:
        page.locator(f"[name=cause-{cause}][value=not]").check()
    page.locator("[name=cause-posture][value=part]").check()
    steps.press(page.get_by_role("button", name="Keep the assessment"))
    expect(page.get_by_text("The assessment is kept.")).to_be_visible()


def assigns(page, look):
    """One is not marked as shown at first: nothing is lost, and both are assigned after the second tick."""
    steps.press(page.get_by_role("link", name="Assign exercises"))
    look(page)
    page.locator("[name=x09-is_wanted]").check()
    page.locator("[name=x09-dose]").fill("Three rounds")
    page.locator("[name=x05-is_wanted]").check()
    steps.press(page.get_by_role("button", name="Assign what is ticked"))
    expect(page.get_by_text("Show how it is done first").first).to_be_visible()
    look(page)
    expect(page.locator("[name=x09-dose]")).to_have_value("Three rounds")
    page.locator("[name=x05-is_shown]").check()
    steps.press(page.get_by_role("button", name="Assign what is ticked"))
    expect(page.get_by_text("2 exercises are assigned.")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_physiotherapist_assesses_and_assigns_and_the_patient_ticks(referral, browser_page, axe, javascript):
    def look(page):
        if javascript:
            assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    # Given a physiotherapist with a tablet, and the patient's account
    tablet = browser_page("desk", javascript=javascript)
    physiotherapist = factories.physiotherapist()
    physiotherapist.user = factories.user(Role.PHYSIOTHERAPIST)
    physiotherapist.save()
    steps.is_signed_in(tablet, physiotherapist.user)
    account = factories.account_of(referral.patient)

    # When the patient is assessed and gets two exercises
    assesses(tablet, referral, look)
    assigns(tablet, look)

    # Then the gentle one is for today, the other for later, and one tap ticks it off
    phone = browser_page("phone", javascript=javascript)
    steps.is_signed_in(phone, account)
    phone.goto("/my/exercises/")
    look(phone)
    assert phone.locator(".exercise-list h3").all_inner_texts() == ["Pendulum", "Blade squeeze"]
    for picture in phone.locator(".exercise-picture").all():  # they load when they are scrolled near
        expect(picture).not_to_have_js_property("naturalWidth", 0)
    expect(phone.get_by_role("button", name="I did it")).to_have_count(1)
    steps.press(phone.get_by_role("button", name="I did it Pendulum"))
    expect(phone.get_by_text("All done for today.")).to_be_visible()
    look(phone)
    assert ExerciseDone.objects.get().prescription == ExercisePrescription.objects.get(exercise="x09")
    assert PhysiotherapyAssessment.objects.get().referral == referral
