"""One answer that worries is enough, on every page that takes symptoms."""

import re

import pytest
from django.urls import reverse

from aftercare.models import SymptomCheck
from aftercare.symptoms import answers
from clinic.models import WorkItem
from tests.aftercare.symptoms import asked_pages
from tests.aftercare.symptoms.asked_pages import link, text
from tests.factories import at
from tests.web import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(time_machine):
    return asked_pages.plan_of_day_three(time_machine)


@pytest.mark.parametrize(
    ("told", "outcome", "says"),
    [
        ({"allergy": "red"}, "red", "Get help now"),
        ({"nerve": "amber"}, "amber", "We will call you"),
        ({"own_words": "My neck is stiff"}, "amber", "We will call you"),
        ({"allergy": "red", "bruise": "purple", "own_words": "x" * 600}, "red", "Get help now"),
    ],
)
@pytest.mark.parametrize("way", ["link", "signed in"])
def test_one_answer_is_enough_and_the_rest_is_asked_for_on_the_page_that_follows(
    client, plan, told, outcome, says, way
):
    address = link(plan)
    if way == "signed in":
        sign_in(client, plan.patient)
        address = reverse("my-symptoms", args=[plan.pk])

    sent = [client.post(address, told | {"request_token": "page"}) for _twice in range(2)]

    page = text(client.get(sent[0]["Location"]))
    assert sent[0]["Location"] == sent[1]["Location"]
    assert SymptomCheck.objects.get().outcome == outcome
    assert WorkItem.objects.get(kind__startswith="symptom").kind == f"symptom_{outcome}"
    assert says in page
    assert 'href="tel:112"' in page
    open_questions = [name for name in answers.questions_for(plan) if told.get(name.pk) in (None, "purple")]
    assert len(re.findall("<legend>", page)) == len(open_questions)

    rest = {question.pk: "green" for question in open_questions} | {"adds_to": SymptomCheck.objects.get().pk}
    added = [client.post(sent[0]["Location"], rest | {"request_token": "rest"}) for _twice in range(2)]
    after = text(client.get(added[0]["Location"]))
    assert [check.outcome for check in SymptomCheck.objects.order_by("pk")] == [outcome, "green"]
    assert "<legend>" not in after
    assert says in after


def test_words_too_long_are_cut_when_an_answer_is_red(client, plan):
    client.post(link(plan), {"allergy": "red", "own_words": "x" * 501})

    assert SymptomCheck.objects.get().own_words == "x" * 499 + "…"


def test_nothing_filled_in_gets_a_sentence(client, plan):
    response = client.post(link(plan), {"own_words": " "})

    assert (response.status_code, SymptomCheck.objects.count()) == (200, 0)
    assert "Choose one answer at least, or write what worries you." in text(response)


@pytest.mark.parametrize("moment", ["2026-03-05 16:59", "2026-03-08 17:00"])
def test_who_is_unwell_is_heard_by_a_link_out_of_its_time(client, plan, time_machine, moment):
    time_machine.move_to(at(moment), tick=False)

    client.post(link(plan), {"breathing": "red"})

    assert WorkItem.objects.get(kind__startswith="symptom").kind == "symptom_red"
