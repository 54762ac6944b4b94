"""The aftercare page: the one thing to do first, the lifting ring, one-tap physiotherapy, pain in one tap."""

import re
from datetime import UTC, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from aftercare.care_plans import next_step
from aftercare.care_plans.next_step import First
from aftercare.models import AftercareProtocol, Asks, CarePlan, Exercise, ExercisePrescription, ReferralAnswer
from clinic.models import Appointment, AuditEvent, PatientAccess, Role
from procedures.models import Muscle
from tests import factories
from tests.aftercare.my.plan_pages import question, see, void
from tests.web import heading, main_words, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(factories.at("2026-03-02 12:00"), tick=False)]
NOON = factories.at("2026-03-02 12:00").astimezone(UTC)
TEXTS = {
    "lifting_advice": "Carry small things only.",
    "normal_life": "Eat as you like.\n\nWalk.",
    "what_is_normal": "It may feel sore.",
    "what_is_not": "A lump grows.",
}


@pytest.fixture
def plan(client):
    factories.protocol(**TEXTS)
    factories.room()
    return plan_of(factories.patient(given_name="Ana"), factories.user(email="ana@mail.example"), client)


def plan_of(patient, account, client, **more):
    PatientAccess.objects.create(user=account, patient=patient)
    client.force_login(account)
    return factories.care_plan(patient=patient, signed_at=NOON, pain=(7, 3), **more)


# Which plan


def test_one_plan_alone_is_shown_at_once_and_reading_it_is_noted(client, plan):
    response = client.get(reverse("my-aftercare"), follow=True)

    assert response.redirect_chain == [(plan.get_absolute_url(), 302)]
    assert AuditEvent.objects.filter(patient=plan.patient, what="days after").count() == 1


def test_whoever_acts_for_two_chooses_between_their_plans(client, plan):
    other = plan_of(factories.patient(given_name="Tomas"), plan.patient.access.get().user, client)

    page = client.get(reverse("my-aftercare"))

    assert ["Ana" in main_words(page), "Tomas" in main_words(page)] == [True, True]
    assert set(re.findall(r"/my/aftercare/\d+/", page.content.decode())) == {
        plan.get_absolute_url(),
        other.get_absolute_url(),
    }


def test_without_a_plan_the_page_says_what_will_stand_there(client):
    client.force_login(factories.user())

    assert "After a treatment, you find here what helps you." in main_words(client.get(reverse("my-aftercare")))


@pytest.mark.parametrize("who", [None, Role.PHYSICIAN, Role.DESK])
@pytest.mark.parametrize("name", ["my-aftercare-plan", "my-aftercare-next-visit", "my-aftercare-pain"])
def test_strangers_plan_is_not_found(client, plan, name, who):
    client.force_login(factories.user(who))

    address = reverse(name, args=[plan.pk])
    response = client.post(address, {"score": 4}) if name == "my-aftercare-pain" else client.get(address)

    assert (response.status_code, plan.pain_entries.count()) == (404, 0)


# The one thing to do first


def test_first_comes_what_is_most_urgent(client, plan, later):
    now = later(days=3)
    order = [First.PHYSIOTHERAPY]
    assert next_step.of_plan(plan, at=now).first == order[0]

    question(plan)
    order.append(next_step.of_plan(plan, at=now).first)
    question(plan, Asks.BREATHING)
    order.append(next_step.of_plan(plan, at=now).first)

    assert order == [First.PHYSIOTHERAPY, First.CHECK, First.BREATHING]


def test_while_nothing_heavy_is_lifted_only_the_breath_comes_before(plan):
    question(plan)
    assert next_step.of_plan(plan, at=NOON).first == First.LIFTING

    question(plan, Asks.BREATHING)
    assert next_step.of_plan(plan, at=NOON).first == First.BREATHING


def test_with_physiotherapy_settled_come_the_exercises_of_today_and_then_nothing(plan, later):
    now = later(days=3)
    plan.referral.answer = ReferralAnswer.DECLINED
    plan.referral.save()
    exercise = Exercise.objects.create(slug="t01", name="Chin", kind="gentle", how="Sit.", dose="1", source="-")
    person = factories.user()
    given = ExercisePrescription.objects.create(
        care_plan=plan, patient=plan.patient, exercise=exercise, dose="1", starts_at=now, prescribed_by=person
    )
    before = next_step.of_plan(plan, at=now).first

    given.ticks.create(on=timezone.localdate(now), ticked_by=person)

    assert (before, next_step.of_plan(plan, at=now).first) == (First.EXERCISES, First.WELL)
    assert next_step.of_plan(plan, at=now + timedelta(days=1)).first == First.EXERCISES


# Lifting


def test_page_counts_the_hours_without_lifting(client, plan):
    page = see(client, plan)

    assert heading(page) == "Please lift nothing heavy"
    assert "until Wednesday 4 March, 12:00" in main_words(page)
    assert "48 hours to go" in main_words(page)
    assert "Carry small things only." in main_words(page)


@pytest.mark.parametrize(
    ("left", "sentence"),
    [
        (timedelta(hours=1, seconds=1), "2 hours to go"),
        (timedelta(hours=1), "60 minutes to go"),
        (timedelta(minutes=1), "1 minute to go"),
        (timedelta(), "You may lift again"),
    ],
)
def test_last_hour_is_counted_in_minutes(client, plan, later, left, sentence):
    later(seconds=48 * 3600 - left.total_seconds())

    assert sentence in main_words(see(client, plan))


@pytest.mark.parametrize(
    ("signed_at", "until"),
    [("2026-03-28 12:00", "Monday 30 March, 13:00"), ("2026-10-24 12:00", "Monday 26 October, 11:00")],
)
def test_48_hours_are_48_hours_also_when_the_clock_changes(client, time_machine, signed_at, until):
    at = factories.at(signed_at)
    time_machine.move_to(at, tick=False)
    patient = factories.patient()
    sign_in(client, patient)
    plan = factories.care_plan(patient=patient, signed_at=at, starts_at=at - timedelta(hours=1))

    page = main_words(see(client, plan))

    assert (f"until {until}" in page, "48 hours to go" in page) == (True, True)
    assert plan.lifting_share(at=at.astimezone(UTC) + timedelta(hours=24)) == 0.5


# Words of the plan's own protocol


def test_page_shows_the_words_of_the_version_that_the_plan_began_with(client, plan):
    AftercareProtocol.objects.update(is_current=False)
    factories.protocol(version=2, normal_life="Other words.")

    page = main_words(see(client, plan))

    assert [text in page for text in ("Eat as you like. Walk.", "It may feel sore.", "A lump grows.")] == [True] * 3
    assert "Other words." not in page


def test_plan_without_words_still_says_when_to_call(client, plan):
    CarePlan.objects.update(protocol=factories.protocol(version=9, **dict.fromkeys(TEXTS, "")))

    page = main_words(see(client, plan))

    assert ["Fever, a red warm spot" in page, "Walking is fine." in page] == [True, True]
    assert ["Normal life" in page, "This is normal" in page] == [False, False]


@pytest.mark.parametrize(("hours", "is_watched"), [(47, True), (48, False)])
def test_after_a_needle_near_the_lung_the_breath_is_watched_for_two_days(client, plan, later, hours, is_watched):
    Muscle.objects.filter(pk__in=plan.procedure.sites.values("muscle")).update(lung_risk="yes")
    later(hours=hours)

    assert ("needle near the chest" in main_words(see(client, plan))) == is_watched


# Physiotherapy


def test_one_tap_books_the_first_free_time_of_one_of_the_next_days(client, plan, physiotherapist, later):
    later(days=2)
    page = see(client, plan).content.decode()
    times = re.findall(r'name="starts_at" value="([^"]+)"', page)
    assert [time[:16] for time in times] == ["2026-03-04T12:00", "2026-03-05T09:00", "2026-03-06T09:00"]

    fields = dict(re.findall(r'name="(practitioner|starts_at|request_token)" value="([^"]+)"', page))
    answer = client.post(reverse("my-physiotherapy", args=[plan.referral.pk]), fields, follow=True)

    assert answer.redirect_chain == [(plan.get_absolute_url(), 302)]
    assert Appointment.objects.get(practitioner=physiotherapist).starts_at == factories.at("2026-03-06 09:00")
    assert "Your physiotherapy is booked" in main_words(answer)


def test_few_days_give_their_second_times(client, plan, physiotherapist, later):
    later(days=7)

    times = re.findall(r'name="starts_at" value="([^"]+)"', see(client, plan).content.decode())

    assert [time[:16] for time in times] == ["2026-03-09T12:00", "2026-03-09T12:30", "2026-03-09T13:00"]


def test_when_all_times_before_the_deadline_are_gone_the_page_says_so(client, plan, physiotherapist, later):
    physiotherapist.time_off.create(starts_at=NOON, ends_at=factories.at("2026-03-11 00:00"))

    assert "There is no open time before your last day." in main_words(see(client, plan))


def test_without_any_open_time_the_page_says_whom_to_call(client, plan):
    assert "No open time is left here. Call us" in main_words(see(client, plan))


def test_reminder_leads_through_a_neutral_address_to_the_open_times(client, plan, physiotherapist):
    response = client.get(reverse("my-aftercare-next-visit", args=[plan.pk]))

    assert response["Location"] == reverse("my-physiotherapy", args=[plan.referral.pk])
    reminder = plan.patient.messages.filter(purpose="book-physiotherapy", occasion="+1d").get()
    assert reverse("my-aftercare-next-visit", args=[plan.pk]) in reminder.body


# The states of a plan


def test_withdrawn_record_leaves_only_a_number_to_call(client, plan):
    void(plan.procedure)

    page = see(client, plan)

    assert heading(page) == "Please call us"
    assert ["hours to go" in main_words(page), "Tap one number" in main_words(page)] == [False, False]
    assert 'href="tel:112"' in page.content.decode()


def test_when_the_weeks_are_over_the_diary_stays_open_until_it_ends(client, plan, later):
    later(days=7 + 15)
    first = see(client, plan)
    later(weeks=8)
    last = see(client, plan)

    assert [heading(first), heading(last)] == ["The first weeks are over"] * 2
    assert ["Tap one number" in main_words(first), "Tap one number" in main_words(last)] == [True, False]
