"""Who should I see: every route can be reached, and signs of an emergency override all other answers."""

import re

import pytest
from django.core.management import call_command
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from clinic.models import Role, VisitType
from procedures.website import triage
from procedures.website.triage import DOCTOR, EMERGENCY, NEXT, SEEN, SENT, Route
from tests.procedures.public.catalogue_pages import load_catalogue, read

QUESTIONS = [EMERGENCY, DOCTOR, SEEN, NEXT, SENT]
WELL = {"emergency": "no", "doctor": "no"}
NEW, KNOWN = WELL | {"seen": "no"}, WELL | {"seen": "yes"}
WAYS = [
    ({"emergency": "yes"}, Route.URGENT),
    ({"emergency": "no", "doctor": "yes"}, Route.DOCTOR),
    (NEW | {"sent": "no"}, Route.CONSULTATION),
    (NEW | {"sent": "unsure"}, Route.CONSULTATION),
    (NEW | {"sent": "yes"}, Route.PHYSIOTHERAPY),
    (KNOWN | {"next": "block"}, Route.BLOCK),
    (KNOWN | {"next": "after"}, Route.PHYSIOTHERAPY),
    (KNOWN | {"next": "again"}, Route.CONSULTATION),
    (KNOWN | {"next": "unsure"}, Route.CONSULTATION),
]
anything = st.dictionaries(
    st.sampled_from([*(question.key for question in QUESTIONS), "x"]),
    st.sampled_from(["yes", "no", "block", "after", "again", "unsure", "", "nonsense"]),
)


def query(answers):
    return "?" + "&".join(f"{key}={value}" for key, value in answers.items())


@pytest.mark.once
@pytest.mark.parametrize(("answers", "route"), WAYS)
def test_answers_lead_to_their_way_with_a_reason(answers, route):
    step = triage.step_for(answers)

    assert (step.route, step.question) == (route, None)
    assert [str(choice.because) for _question, choice in step.answered if choice.because] != []


@pytest.mark.once
@given(anything)
def test_an_emergency_wins_over_everything(answers):
    assert triage.step_for(answers | {"emergency": "yes"}).route == Route.URGENT


@pytest.mark.once
@given(anything)
def test_nobody_is_booked_who_has_not_denied_each_sign(answers):
    step = triage.step_for(answers)

    if step.route in {Route.CONSULTATION, Route.BLOCK, Route.PHYSIOTHERAPY}:
        assert (answers["emergency"], answers["doctor"]) == ("no", "no")
    if step.route is None:
        assert step.question.choice(answers.get(step.question.key)) is None
        assert step.number <= triage.COUNT


@pytest.mark.django_db
@pytest.mark.parametrize(("answers", "route"), WAYS)
def test_each_way_has_one_next_step_its_reasons_and_a_way_back(client, answers, route):
    call_command("loaddata", "visit_types", verbosity=0)

    html = read(client, "who-should-i-see", (), query(answers))

    roles = {Route.PHYSIOTHERAPY: Role.PHYSIOTHERAPIST}
    kinds = VisitType.objects.filter(role=roles.get(route, Role.PHYSICIAN), is_consultation=route == Route.CONSULTATION)
    buttons = re.findall(r'<a class="button-primary" href="([^"]+)"', html)
    assert len(buttons) == 1
    if route in {Route.URGENT, Route.DOCTOR}:
        assert buttons[0].startswith("tel:")
        assert reverse("book") not in html[html.index("<main") : html.index("</main>")]
    else:
        assert buttons == [kinds.first().get_absolute_url()]
    reasons = [choice.because for _question, choice in triage.step_for(answers).answered if choice.because]
    assert [reason for reason in reasons if f"<li>{reason}</li>" not in html] == []
    assert f'<a class="tap" href="{reverse("who-should-i-see")}">Start again</a>' in html
    assert html.count(">Change<") == len(triage.step_for(answers).answered)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "answers",
    [NEW | {"sent": "no"}, KNOWN | {"next": "block"}, NEW | {"sent": "yes"}],
    ids=["first", "block", "physio"],
)
def test_what_cannot_be_booked_here_is_said_with_the_number_to_call(client, settings, answers):
    html = read(client, "who-should-i-see", (), query(answers))

    assert "This visit cannot be booked here at the moment." in html
    assert re.search(r'<a class="button-primary" href="tel:', html)


@pytest.mark.django_db
@pytest.mark.parametrize("answered", range(5))
def test_each_question_can_be_answered_by_a_link_alone(client, answered):
    answers = dict(list((KNOWN | {"next": "block"}).items())[:answered])

    html = read(client, "who-should-i-see", (), query(answers))

    for question in [each for each in QUESTIONS if f">{each.text}</h" in html]:
        links = re.findall(r'<li><a href="([^"]+)" rel="nofollow">', html)
        assert [link.split("?")[1].split("&")[-1] for link in links] == [
            f"{question.key}={choice.value}" for choice in question.choices
        ]
        assert all(link.startswith(reverse("who-should-i-see") + query(answers).rstrip("?")) for link in links)
        assert [sign for sign in question.signs if str(sign) not in html] == []


@pytest.mark.django_db
def test_nothing_is_stored_and_nothing_is_asked_of_the_database_on_the_way(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(0):
        response = client.get(reverse("who-should-i-see"), WELL)

    assert not response.cookies
    assert client.post(reverse("who-should-i-see"), WELL).status_code == 405


@pytest.mark.django_db
def test_who_should_i_see_is_offered_where_people_choose(client):
    load_catalogue()

    for name, arguments in [("book", []), ("where-does-it-hurt", []), ("region", ["head"])]:
        assert f'href="{reverse("who-should-i-see")}"' in read(client, name, arguments)
