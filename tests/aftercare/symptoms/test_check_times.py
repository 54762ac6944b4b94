"""When patients are asked how they are, by which link, and until when."""

import pytest

from aftercare.models import CareCheck
from aftercare.symptoms import check_times
from clinic.models import Message
from tests import factories
from tests.aftercare.symptoms import asked_plans
from tests.factories import at, civil

pytestmark = pytest.mark.django_db


def times(plan):
    return [
        (str(check.asks), check.moment, civil(check.due_at), civil(check.open_until)) for check in plan.checks.all()
    ]


def test_plan_asks_when_its_protocol_says_and_of_the_breath_only_near_the_lung():
    usual = [
        ("how-are-you", "+48h", "2026-03-04 10:30", "2026-03-05 17:00"),
        ("how-are-you", "+3d", "2026-03-05 17:00", "2026-03-08 17:00"),
        ("how-are-you", "+7d", "2026-03-09 17:00", "2026-03-12 17:00"),
        ("how-are-you", "+14d", "2026-03-16 17:00", "2026-03-19 17:00"),
        ("how-are-you", "+42d", "2026-04-13 17:00", "2026-04-16 17:00"),
    ]

    assert times(asked_plans.plan()) == usual
    assert [row for row in times(asked_plans.plan(near_lung=True)) if row not in usual] == [
        ("breathing", "+4h", "2026-03-02 14:30", "2026-03-03 10:30"),
        ("breathing", "+24h", "2026-03-03 10:30", "2026-03-04 10:30"),
        ("breathing", "+48h", "2026-03-04 10:30", "2026-03-07 10:30"),
    ]


@pytest.mark.parametrize(
    ("signed_at", "hours", "day"),
    [
        ("2026-03-28 10:30", "2026-03-30 11:30", "2026-03-31 17:00"),  # an hour is missing in this night
        ("2026-10-24 10:30", "2026-10-26 09:30", "2026-10-27 17:00"),  # an hour comes twice
        ("2026-03-27 23:30", "2026-03-30 00:30", "2026-03-30 17:00"),
    ],
)
def test_hours_are_hours_and_days_are_days_over_a_change_of_the_clock(signed_at, hours, day):
    plan = asked_plans.plan(signed_at=at(signed_at))

    due = {check.moment: check for check in plan.checks.all()}
    assert (civil(due["+48h"].due_at), civil(due["+3d"].due_at)) == (hours, day)
    assert due["+48h"].due_at.timestamp() - plan.starts_at.timestamp() == 48 * 3600
    assert due["+14d"].open_until.timestamp() - due["+14d"].due_at.timestamp() == 72 * 3600


def test_check_stays_open_a_day_even_when_the_next_one_comes_sooner():
    plan = asked_plans.plan(signed_at=at("2026-03-02 23:30"))

    first = plan.checks.get(moment="+48h")
    assert (civil(first.due_at), civil(first.open_until)) == ("2026-03-04 23:30", "2026-03-05 19:30")


def test_planning_again_changes_nothing_and_a_running_plan_keeps_its_version():
    plan = asked_plans.plan()
    before = times(plan)

    check_times.plan_checks(plan)
    newer = factories.protocol(name=plan.protocol.name, version=2)
    newer.check_times.create(asks="how-are-you", days_after=5)
    next_plan = factories.care_plan(signed_at=asked_plans.SIGNED_AT)

    assert times(plan) == before
    assert [check.moment for check in next_plan.checks.all()] == ["+5d"]


def test_link_leads_to_its_check_and_a_changed_one_nowhere():
    check = asked_plans.check(asked_plans.plan())
    token = check_times.link_of(check).rstrip("/").rpartition("/")[2]

    assert check_times.LINK.find(token) == check
    assert [
        check_times.LINK.find(wrong) for wrong in (f"{check.pk + 1}{token[1:]}", f"{token}x", "x", f"{check.pk}:")
    ] == [None] * 4


@pytest.mark.parametrize(
    ("moment", "sentence"),
    [
        ("2026-03-05 16:59", "It is too early for this answer. If you feel unwell now, do not wait: call us."),
        ("2026-03-05 17:00", ""),
        ("2026-03-08 16:59", ""),
        ("2026-03-08 17:00", "The time for this answer is over. You can still tell us how you feel."),
    ],
)
def test_why_not_says_when_it_is_too_early_or_too_late(moment, sentence):
    assert check_times.LINK.why_not(asked_plans.check(asked_plans.plan()), at=at(moment)) == sentence


def asking_ones(plan):
    return Message.objects.filter(patient=plan.patient, purpose__in=["check-breathing", "how-are-you"])


def test_messages_ask_by_link_and_say_who_and_nothing_more_personal():
    plan = asked_plans.plan(
        near_lung=True, patient=factories.patient(family_name="Kanarienvogel", phone="+37061234567")
    )

    by_moment = {(message.purpose, message.occasion): message for message in asking_ones(plan)}
    assert sorted(by_moment) == [
        *(("check-breathing", moment) for moment in ("+24h", "+48h", "+4h")),
        *(("how-are-you", moment) for moment in ("+14d", "+3d", "+42d", "+48h", "+7d")),
    ]
    for check in CareCheck.objects.filter(care_plan=plan):
        purpose = "check-breathing" if check.asks == "breathing" else "how-are-you"
        message = by_moment[purpose, check.moment]
        assert check_times.link_of(check) in message.body
        assert check_times.link_of(check) in message.other_words
        assert message.category == ("safety" if check.asks == "breathing" else "reminder")
        for words in (message.subject, message.body, message.other_words):
            assert "Kanarienvogel" not in words
            assert plan.procedure.definition.name not in words
        assert ("Rasa K." in message.subject, "Rasa K." in message.other_words) == (True, True)
        assert "needle" not in message.subject + message.other_words


@pytest.mark.parametrize("near_lung", [True, False])
def test_sms_has_at_most_two_parts(settings, near_lung):
    settings.SITE_URL, settings.CLINIC_NAME = "https://clinic.example.org", "Clinic of the Four Seasons"
    plan = asked_plans.plan(near_lung=near_lung, patient=factories.patient(email="", phone="+37061234567"))

    assert max(len(message.body) for message in asking_ones(plan)) <= 2 * 153
    assert {character for message in asking_ones(plan) for character in message.body if ord(character) > 126} == set()


def test_voided_record_asks_no_more():
    plan = asked_plans.plan()

    asked_plans.void(plan, when=at("2026-03-03 09:00"))

    waiting = Message.objects.filter(patient=plan.patient, status="waiting")
    assert list(waiting.filter(purpose="how-are-you")) == []
    check = check_times.LINK.find(check_times.LINK.token_for(asked_plans.check(plan).pk))
    assert (
        check_times.LINK.why_not(check, at=check.due_at)
        == "This page is of no use any more. If you feel unwell, call us."
    )
