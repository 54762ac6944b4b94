"""The days after a treatment on a phone, while the clock moves: what is sent, what is asked, what one tap does."""

import re

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from aftercare import message_purposes
from clinic.models import Message, MessageStatus, PatientAccess, User, WorkItem, WorkItemStatus
from clinic.people import registration
from tests import factories
from tests.factories import at
from tests.journeys import post, steps

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.repeated_queries_allowed]
EMAIL = "ona@mail.example"
SIGNED_AT = "2026-03-02 10:30"
IN_TWO_WEEKS = [
    ("no-heavy-lifting", "at-once"),
    ("check-breathing", "+4h"),
    ("no-heavy-lifting", "next-morning"),
    ("book-physiotherapy", "+1d"),
    ("check-breathing", "+24h"),
    ("check-breathing", "+48h"),
    ("how-are-you", "+48h"),
    ("lifting-allowed", "window-over"),
    ("how-are-you", "+3d"),
    ("how-are-you", "+7d"),
    ("how-are-you", "+14d"),
]


@pytest.fixture
def moment(time_machine):
    """`moment("2026-03-03 10:05")`: it is that time, and what was due has been sent."""

    def move(text):
        time_machine.move_to(at(text), tick=True)
        post.deliver()

    return move


@pytest.fixture
def plan(live, moment):
    """Signed on Monday, after a needle near the lung; a physiotherapist has time."""
    moment(SIGNED_AT)
    call_command("loaddata", "visit_types", "regions", "muscles", "procedures", "protocols", verbosity=0)
    call_command("loaddata", "symptom_questions", verbosity=0)
    factories.room()
    factories.practitioner()
    factories.physiotherapist()
    site = factories.site(muscle=factories.muscle(lung_risk="yes"), no_ultrasound_reason="Held away from the ribs")
    ona = registration.register(factories.newcomer(given_name="Ona", email=EMAIL), at=timezone.now())
    return factories.care_plan(patient=ona, sites=[site], signed_at=timezone.now(), pain=(7, 3))


def mailed(purpose):
    """The last message sent for this purpose."""
    gone = Message.objects.filter(purpose=purpose, status=MessageStatus.ACCEPTED)
    return gone.order_by("due_at").last().body


def link_in(mail, part):
    return re.search(rf"https?://\S*{part}\S*", mail).group(0)


def fits(page):
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "no-javascript"])
def test_physiotherapy_is_booked_from_a_reminder_on_a_phone(plan, moment, browser_page, axe, javascript):
    # Given the reminder of the first morning
    moment("2026-03-03 10:05")
    phone = browser_page("phone", javascript=javascript)

    # When its link is opened, and the code from the e-mail is typed
    phone.goto(link_in(mailed("book-physiotherapy"), "/my/aftercare/"))
    phone.locator("[name=email]").fill(EMAIL)
    steps.press(phone.get_by_role("button", name="Send me a code"))
    steps.enters_the_code(phone, post.newest_code())

    # Then the open times before the deadline are shown, and one tap books
    expect(phone.get_by_role("heading", level=1)).to_have_text("Book physiotherapy")
    assert fits(phone)
    assert not javascript or axe(phone) == []
    steps.press(phone.locator(".time-button").first)
    expect(phone.get_by_role("heading", name="Your physiotherapy is booked")).to_be_visible()
    assert phone.url.endswith(plan.get_absolute_url())
    assert fits(phone)
    assert not javascript or axe(phone) == []

    # And nothing asks for it any longer
    plan.referral.refresh_from_db()
    assert plan.referral.appointment.on <= plan.referral.due_on
    reminders = Message.objects.filter(purpose="book-physiotherapy").order_by("due_at")
    assert [message.status for message in reminders] == [
        MessageStatus.ACCEPTED,
        MessageStatus.WITHDRAWN,
        MessageStatus.WITHDRAWN,
    ]


def answers_all_is_well(phone):
    expect(phone.locator("main input[type=radio][value=green]").first).to_be_visible()
    for choice in phone.locator("main input[type=radio][value=green]").all():
        choice.check()
    steps.press(phone.locator("main form:has(input[type=radio]) button[type=submit]"))
    expect(phone.get_by_role("heading", level=1)).to_have_text("Thank you")


def tells_the_pain(phone, score):
    steps.press(phone.locator(f".pain-number[value='{score}']"))
    expect(phone.get_by_role("heading", level=1)).to_have_text(f"Thank you. We have noted: {score} of 10")


def tells_how_it_goes(phone, moment):
    """By the links of day 2, 3, 7 and 14: the pain with one tap, then the questions."""
    for when, score in (("03-04 10:40", 5), ("03-05 17:05", 5), ("03-09 17:05", 4), ("03-16 17:05", 2)):
        moment(f"2026-{when}")
        phone.goto(link_in(mailed("how-are-you"), "/check/"))
        tells_the_pain(phone, score)
        assert fits(phone)
        steps.press(phone.get_by_role("link", name="Go on"))
        answers_all_is_well(phone)


def test_a_patient_from_signing_to_day_fourteen(plan, moment, browser_page, axe):
    phone = browser_page("phone")

    # Given the first hours: nothing heavy, and the question about the breath
    moment("2026-03-02 14:35")
    phone.goto(link_in(mailed("check-breathing"), "/check/"))
    answers_all_is_well(phone)
    moment("2026-03-03 10:35")
    phone.goto(link_in(mailed("check-breathing"), "/check/"))
    answers_all_is_well(phone)

    # When she opens her page on the second day, lifts nothing, and books physiotherapy with one tap
    account = User.objects.get(email=EMAIL)
    PatientAccess.objects.create(user=account, patient=plan.patient)
    steps.is_signed_in(phone, account)
    phone.goto(link_in(mailed("no-heavy-lifting"), "/my/aftercare/"))
    expect(phone.get_by_role("heading", level=1)).to_have_text("Please lift nothing heavy")
    assert phone.locator(".ring-text").inner_text().split() == ["24", "hours", "to", "go"]
    assert [fits(phone), axe(phone)] == [True, []]
    steps.press(phone.locator(".next-times button").first)
    expect(phone.get_by_role("heading", name="Your physiotherapy is booked")).to_be_visible()
    post.deliver()

    # And after two days she may lift; through the links she reports her pain and how she is, on day 2, 3, 7 and 14
    moment("2026-03-04 10:35")
    phone.goto(link_in(mailed("check-breathing"), "/check/"))
    answers_all_is_well(phone)
    tells_how_it_goes(phone, moment)

    # Then her page says what has changed, and asks nothing
    steps.is_signed_in(phone, account)
    phone.goto(reverse("my-aftercare"))
    expect(phone.get_by_text("Your pain went from 7 to 2: that is a change that people notice.")).to_be_visible()
    expect(phone.locator(".pain-chart-own")).to_have_count(4 + 1)  # and one in the legend
    assert axe(phone) == []

    # And no message was missing or extra, and only the question of the sixth week is still to come
    all_was_sent_and_answered(plan)


def all_was_sent_and_answered(plan):
    assert sent(plan) == IN_TWO_WEEKS
    waiting = Message.objects.filter(patient=plan.patient, status=MessageStatus.WAITING)
    assert list(waiting.values_list("purpose", "occasion")) == [("how-are-you", "+42d")]
    items = WorkItem.objects.filter(status=WorkItemStatus.REQUESTED)
    assert [(item.kind, item.what_to_say) for item in items] == []
    assert sorted(plan.symptom_checks.values_list("outcome", "care_check__moment")) == sorted(
        ("green", moment) for moment in ("+4h", "+24h", "+48h", "+48h", "+3d", "+7d", "+14d")
    )


def sent(plan):
    """(purpose, occasion) of each message of this plan that went out."""
    own = Message.objects.filter(**message_purposes.about(plan.procedure), status=MessageStatus.ACCEPTED)
    return list(own.order_by("due_at", "purpose").values_list("purpose", "occasion"))
