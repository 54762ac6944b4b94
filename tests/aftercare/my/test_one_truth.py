"""How a patient is, is one thing on every page: the worst answer counts until a person has followed it up."""

import itertools
import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from aftercare.models import SymptomLevel
from aftercare.symptoms import answers, condition, follow_ups
from clinic import worklist
from clinic.models import Closure, Role
from clinic.scheduling import self_check_in
from tests import factories
from tests.aftercare.symptoms import asked_pages, asked_plans
from tests.architecture.test_authorisation_matrix import addresses
from tests.factories import at
from tests.web import main_words, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.repeated_queries_allowed]
NOW = at("2026-03-05 18:00")
LEVELS = [None, "green", "amber", "red"]
WELL = "You do not need to do anything"
NO_PAGES = {"my-calendar"}  # a file


@pytest.fixture
def plan(time_machine):
    made = asked_pages.plan_of_day_three(time_machine)
    factories.physiotherapy()
    factories.physiotherapist()
    return made


@pytest.fixture
def other(plan):
    """The same patient's second procedure, a day later."""
    visit = factories.arrived(patient=plan.patient, starts_at=at("2026-03-03 10:00"))
    return factories.care_plan(visit=visit, signed_at=at("2026-03-03 10:30"))


def tell(plan, level, *, minutes_ago, own_words=""):
    worse = {} if level == "green" else {"allergy": level}
    levels = asked_plans.levels(answers.questions_for(plan), **worse)
    told = answers.Told(levels, own_words, request_token=f"{level} {minutes_ago}")
    return answers.submit(plan, told, at=NOW - timedelta(minutes=minutes_ago))


def settle(check, way):
    if way == "physician" and check and check.needs_follow_up:
        follow_ups.follow_up(check, by=factories.colleague().user, note="Is well.", at=NOW - timedelta(minutes=10))
    if way == "desk" and check and check.needs_follow_up:
        item = follow_ups.item_of(check).get()
        worklist.complete(item, by=factories.user(Role.DESK), note="Is well.", at=NOW - timedelta(minutes=10))


def shown(page):
    return re.findall(r'data-condition="(\w+)"', page.content.decode())


def pages_of(*plans):
    """Where this patient may look in these days."""
    yield reverse("my")
    yield reverse("my-messages")
    yield reverse("check-in", args=[self_check_in.code_of(NOW.date())])
    for plan in plans:
        yield from (plan.get_absolute_url(), reverse("my-symptoms", args=[plan.pk]), asked_pages.link(plan, "+48h"))
        for check in plan.symptom_checks.filter(adds_to=None):
            yield reverse("my-symptoms-answered", args=[plan.pk, check.pk])


FIRST = [*itertools.product(LEVELS, ["open"]), *itertools.product(["amber", "red"], ["physician", "desk"])]
COMBINATIONS = [(*first, later) for first, later in itertools.product(FIRST, LEVELS)]


@pytest.mark.parametrize("later_where", ["same procedure", "other procedure"])
def test_all_pages_say_the_same_whatever_was_told_and_settled(client, plan, other, later_where):
    sign_in(client, plan.patient)
    later_plan = plan if later_where == "same procedure" else other
    seen, expected = {}, {}

    for first, way, later in COMBINATIONS:
        with transaction.atomic():
            settle(first and tell(plan, first, minutes_ago=50), way)
            if later:
                tell(later_plan, later, minutes_ago=5)
            level = expected_level(first, way, later)
            levels = said_on(client, pages_of(plan, other)) | {condition.of_patient(plan.patient, at=NOW).level}
            seen[first, way, later], expected[first, way, later] = levels, {level}
            transaction.set_rollback(True)

    assert seen == expected


def expected_level(first, way, later):
    unsettled = {first if way == "open" else None, later} & {"amber", "red"}
    was_settled = way != "open" and first in ("amber", "red")
    return max(unsettled, key=answers.SEVERITY.get, default="settled" if was_settled else "well")


def said_on(client, addresses):
    """The levels on these pages. A page that says nothing of it says that all is well; one that says both is wrong."""
    levels = set()
    for address in addresses:
        page = client.get(address, follow=True)
        assert page.status_code in (200, 410)
        said = set(shown(page)) - {"well"} or {"well"}
        levels |= said | ({"wrong"} if WELL in main_words(page) and said & {"amber", "red"} else set())
    return levels


def test_red_has_a_number_a_reason_and_what_happens_next_and_no_button_to_book(client, plan, time_machine):
    time_machine.move_to(at("2026-03-05 14:00"), tick=False)
    sign_in(client, plan.patient)
    asked = answers.questions_for(plan)
    answers.submit(plan, answers.Told(asked_plans.levels(asked, breathing="red")), at=at("2026-03-05 13:50"))
    answers.submit(plan, answers.Told(asked_plans.levels(asked)), at=at("2026-03-05 13:55"))

    for address in (reverse("my"), plan.get_absolute_url(), reverse("my-symptoms", args=[plan.pk])):
        page = client.get(address)
        main = page.content.decode().partition("<main")[2].partition("</main>")[0]
        words = main_words(page)
        assert main.index('href="tel:112"') == main.index('href="tel:')
        assert "You told us on Thursday 5 March, 13:50: “It hurts when I breathe in, I am short of breath" in words
        assert "Later you told us: Thursday 5 March, 13:55: all is well" in words
        assert "by Thursday 5 March, 17:00 at the latest" in words
        assert f'href="{reverse("book")}"' not in main
        assert f'action="{reverse("my-physiotherapy", args=[plan.referral.pk])}"' not in main


@pytest.mark.parametrize(
    ("now", "says"),
    [
        ("2026-03-05 14:00", "by Thursday 5 March, 17:00 at the latest"),
        ("2026-03-05 23:00", "Nobody here can read this before Friday 6 March, 09:00. Then we call you, by Friday 6"),
        ("2026-03-06 23:00", "Nobody here can read this before Tuesday 10 March, 09:00. Then we call you, by Tuesday"),
    ],
)
def test_no_call_is_promised_for_a_night_or_a_closed_day(client, plan, time_machine, now, says):
    """The clinic is closed on Monday."""
    Closure.objects.create(starts_at=at("2026-03-09 00:00"), ends_at=at("2026-03-10 00:00"))
    time_machine.move_to(at(now), tick=False)
    answers.submit(plan, answers.Told({"allergy": "red"}), at=at(now))
    sign_in(client, plan.patient)

    assert says in main_words(client.get(reverse("my")))


@pytest.mark.parametrize(("level", "says"), [("red", "Get help first, then call us"), ("amber", "Please call us")])
def test_promise_that_has_passed_is_not_made_again(client, plan, time_machine, level, says):
    answers.submit(plan, answers.Told({"allergy": level}), at=at("2026-03-04 10:00"))
    sign_in(client, plan.patient)

    words = main_words(client.get(reverse("my")))

    assert "We have not talked with you yet." in words
    assert says in words
    assert "17:00" not in words


@pytest.mark.parametrize(("way", "who"), [("physician", "A doctor has"), ("desk", "Our team has")])
def test_settled_says_who_and_when_at_once_and_goes_after_a_week(client, plan, time_machine, way, who):
    check = tell(plan, "red", minutes_ago=50)
    sign_in(client, plan.patient)
    assert shown(client.get(reverse("my"))) == ["red"]

    settle(check, way)
    page = client.get(reverse("my"))
    time_machine.move_to(NOW + timedelta(days=7), tick=False)

    assert f"{who} looked at it: Thursday 5 March, 17:50" in main_words(page)
    assert f'href="{reverse("book")}"' in page.content.decode().partition("<main")[2]
    assert page["Cache-Control"] == "no-store, private"
    assert shown(client.get(reverse("my"))) == []


def test_link_shows_the_words_only_of_what_was_told_by_it(client, plan):
    tell(plan, "red", minutes_ago=50)

    before = main_words(client.get(asked_pages.link(plan)))
    client.post(asked_pages.link(plan), {"faint": "red"})
    after = main_words(client.get(asked_pages.link(plan)))

    assert ("Get help now" in before, "My lips" in before) == (True, False)
    assert "I feel faint now, my chest hurts" in after
    assert "You told us on Thursday 5 March, 17:10. " in after


def test_each_of_a_family_is_named(client, plan):
    child = factories.patient(given_name="Ula")
    account = sign_in(client, plan.patient)
    child.access.create(user=account, relation="guardian")
    tell(plan, "red", minutes_ago=5)

    assert "Get help now: Rasa" in main_words(client.get(reverse("my")))


def test_every_page_of_the_patient_shows_it(world):
    """The matrix's patient has told something red, and nobody has followed it up."""
    client, arguments = world["clients"]["patient"], world["arguments"]
    names = {name for name, _pattern in addresses() if name == "my" or name.startswith("my-")} | {"check-in"}
    seen = {}
    for name in sorted(names - NO_PAGES):
        page = client.get(reverse(name, kwargs=arguments.get(name, {})))
        if page.status_code == 200 and not page.streaming:
            seen[name] = set(shown(page))

    assert len(seen) >= 17
    assert {name for name, levels in seen.items() if levels != {SymptomLevel.RED}} == set()
