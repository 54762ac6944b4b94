"""How are you? On a phone by link, and signed in."""

import re

import pytest
from django.urls import reverse

from aftercare.models import SymptomCheck, SymptomQuestion
from clinic.models import WorkItem
from tests.aftercare.symptoms import asked_pages, asked_plans
from tests.aftercare.symptoms.asked_pages import CANARY, form, link, signed_in, text
from tests.factories import at
from tests.web import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(time_machine):
    return asked_pages.plan_of_day_three(time_machine)


def test_link_shows_the_questions_and_of_the_patient_a_first_name_only(client, plan):
    page = text(client.get(link(plan)))

    assert "Rasa K., how are you?" in page
    for secret in (CANARY, plan.patient.phone, plan.patient.email, "1980", plan.procedure.definition.name, "Lidocaine"):
        assert secret not in page
    legends = re.findall(r"<legend>(.*?)</legend>", page)
    assert legends[:2] == ["How is your breath?", "Does anything itch or swell?"]
    assert len(legends) == 8
    assert "checked" not in page
    assert SymptomCheck.objects.count() == 0


def test_all_well_is_thanked_once_however_often_it_is_sent(client, plan):
    sent = [client.post(link(plan), form(plan)) for _twice in range(2)]

    assert [response["Location"] for response in sent] == [link(plan)] * 2
    page = text(client.get(link(plan)))
    assert "You do not need to do anything." in page
    assert "<legend>" not in page
    assert (SymptomCheck.objects.count(), WorkItem.objects.filter(kind__startswith="symptom").count()) == (1, 0)


def test_another_answer_by_the_same_link_is_kept(client, plan):
    client.post(link(plan), form(plan, bruise="amber"))

    response = client.post(link(plan), form(plan))

    assert response["Location"] == link(plan)
    assert [check.outcome for check in SymptomCheck.objects.order_by("pk")] == ["amber", "green"]
    assert "You do not need to do anything" not in text(client.get(link(plan)))


def test_red_shows_the_emergency_number_before_anything_else(client, plan):
    client.post(link(plan), form(plan, breathing="red", bruise="amber"))

    page = text(client.get(link(plan)))
    main = page[page.index("<main") :]
    assert main.index('href="tel:112"') == main.index('href="tel:')
    assert "Do not wait for the clinic." in main
    assert "“I had a needle near the chest.”" in main
    assert "Do not fly or dive" in main
    assert "A cold cloth can help." not in main
    assert "How much does it hurt" not in main
    assert CANARY not in page
    item = WorkItem.objects.get(kind__startswith="symptom")
    assert (item.kind, item.due_at) == ("symptom_red", at("2026-03-05 18:00"))


def test_red_far_from_the_lung_is_said_without_it(client, plan):
    other = asked_plans.plan()
    client.post(link(other), form(other, allergy="red"))

    page = text(client.get(link(other)))
    assert "near the chest" not in page
    assert "“A doctor put a needle into my muscle.”" in page


def test_amber_says_until_when_the_clinic_calls(client, plan):
    client.post(link(plan), form(plan, infection="amber"))

    page = text(client.get(link(plan)))
    assert "We read this and call you by Friday 6 March, 12:00." in page
    assert "Do not squeeze it." in page
    assert 'href="tel:112"' in page


def test_amber_without_a_phone_number_asks_to_be_called(client, plan):
    plan.patient.contacts.filter(system="phone").delete()
    client.post(link(plan), form(plan, infection="amber"))

    assert "We have no phone number of yours. Please call us" in text(client.get(link(plan)))


def test_while_all_is_well_a_missing_answer_is_asked_for(client, plan):
    data = form(plan)
    del data["bruise"]

    response = client.post(link(plan), data)

    page = text(response)
    assert (response.status_code, SymptomCheck.objects.count()) == (200, 0)
    assert page.count("Choose the answer that fits.") == 2  # in the summary and at the question
    assert page.count(" checked") == 7


def test_old_early_changed_and_withdrawn_links(client, plan, time_machine):
    address = link(plan)
    changed = [
        f"{address[:-2]}x/",
        "/check/1:x/",
        f"/check/{asked_plans.check(plan, '+7d').pk}{address.split(':', 1)[1]}",
    ]
    assert [client.get(wrong).status_code for wrong in changed] == [404] * 3

    refused = []
    for moment in ("2026-03-05 16:59", "2026-03-08 17:00"):
        time_machine.move_to(at(moment), tick=False)
        refused += [client.get(address), client.post(address, form(plan))]
    time_machine.move_to(at("2026-03-05 18:00"), tick=False)
    asked_plans.void(plan, when=at("2026-03-05 17:30"))
    refused += [client.get(address), client.post(address, form(plan))]

    assert [response.status_code for response in refused] == [410] * 6
    for response in refused:
        assert CANARY not in text(response)
        assert 'href="tel:112"' in text(response)
    assert SymptomCheck.objects.count() == 0


def test_patient_tells_signed_in_and_a_stranger_finds_nothing(client, plan):
    sign_in(client, plan.patient)
    address = reverse("my-symptoms", args=[plan.pk])
    page = client.get(address)
    token = re.search(r'name="request_token" value="(\w+)"', page.content.decode())[1]

    sent = [client.post(address, form(plan, nerve="amber") | {"request_token": token}) for _twice in range(2)]
    answered = client.get(sent[0]["Location"])

    check = SymptomCheck.objects.get()
    assert sent[0]["Location"] == sent[1]["Location"] == reverse("my-symptoms-answered", args=[plan.pk, check.pk])
    assert (check.outcome, check.answered_by, check.care_check) == (
        "amber",
        answered.wsgi_request.user,
        asked_plans.check(plan),
    )
    assert "We will call you" in text(answered)
    signed_in(client, None)
    assert [client.get(there).status_code for there in (address, sent[0]["Location"])] == [404, 404]


def test_clinic_without_questions_asks_to_be_called(client, plan):
    SymptomQuestion.objects.update(is_active=False)

    responses = [client.get(link(plan)), client.post(link(plan), {"own_words": "Help"})]

    for response in responses:
        assert response.status_code == 409
        assert "Please call us and tell us how you are." in text(response)
    assert SymptomCheck.objects.count() == 0
