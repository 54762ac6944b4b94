"""How are you? On a phone by link, signed in, at the desk and for the physician."""

import html
import re

import pytest
from django.urls import reverse

from aftercare.models import SymptomCheck, SymptomQuestion
from aftercare.symptoms import answers, check_times
from clinic.models import AuditEvent, WorkItem
from tests import factories
from tests.aftercare.symptoms import asked_plans
from tests.factories import at
from tests.web import NOT_YOURS, refusal, sign_in

pytestmark = pytest.mark.django_db
CANARY = "Kanarienvogel"
URGENT = 'class="notice notice-stop urgent"'


@pytest.fixture
def plan(time_machine):
    """After a needle near the lung, when the question of day three is asked."""
    asked_plans.questions()
    factories.practitioner()
    patient = factories.patient(family_name=CANARY, phone="+37061234567")
    plan = asked_plans.plan(near_lung=True, patient=patient)
    time_machine.move_to(at("2026-03-05 18:00"), tick=False)
    return plan


def link(plan, moment="+3d"):
    return check_times.link_of(asked_plans.check(plan, moment)).removeprefix("http://127.0.0.1:8000")


def form(plan, *, own_words="", **worse):
    return asked_plans.levels(answers.questions_for(plan), **worse) | {"own_words": own_words}


def text(response):
    return html.unescape(response.content.decode())


def signed_in(client, role, **fields):
    user = factories.user(role, **fields)
    client.force_login(user)
    return user


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


def test_another_answer_leads_to_the_phone_and_to_the_own_pages(client, plan):
    client.post(link(plan), form(plan, bruise="amber"))

    response = client.post(link(plan), form(plan))

    page = text(response)
    assert response.status_code == 409
    assert "You have answered here already. Has something changed?" in page
    assert 'href="tel:' in page
    assert reverse("my-symptoms", args=[plan.pk]) in page
    assert SymptomCheck.objects.get().outcome == "amber"


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


def test_missing_answer_is_asked_for_and_nothing_typed_is_lost(client, plan):
    data = form(plan, own_words="My neck is stiff", nerve="amber")
    del data["bruise"]

    response = client.post(link(plan), data)

    page = text(response)
    assert (response.status_code, SymptomCheck.objects.count()) == (200, 0)
    assert page.count("Choose the answer that fits.") == 2  # in the summary and at the question
    assert "My neck is stiff" in page
    assert page.count(" checked") == 7


def test_too_long_words_and_unknown_answers_are_refused_in_a_sentence(client, plan):
    response = client.post(link(plan), form(plan, own_words="x" * 501, bruise="purple"))

    assert response.status_code == 200
    assert "at most 500 characters" in text(response)
    assert SymptomCheck.objects.count() == 0


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
        refused += [client.get(address), client.post(address, form(plan, breathing="red"))]
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


def told_red(plan):
    levels = asked_plans.levels(answers.questions_for(plan), breathing="red")
    return answers.submit(plan, answers.Told(levels, own_words="My secret"), at=at("2026-03-05 17:50"))


def test_desk_sees_the_urgent_call_on_every_page_and_none_of_the_words(client, plan):
    told_red(plan)
    factories.message(patient=plan.patient)
    signed_in(client, "desk")

    for name in ("desk", "desk-work", "desk-patients", "desk-messages"):
        page = text(client.get(reverse(name)))
        assert f"Urgent: call this patient now: Rasa {CANARY}" in page
        assert 'href="tel:+37061234567"' in page
        assert "My secret" not in page
        assert "Lidocaine" not in page


def test_urgent_call_stands_first_and_is_done_with_a_note_only(client, plan):
    told_red(plan)
    older = WorkItem.objects.create(key="k", kind="message", what_to_say="Call.", due_at=at("2026-03-01 09:00"))
    desk = signed_in(client, "desk")
    item = WorkItem.objects.get(kind="symptom_red")
    page = text(client.get(reverse("desk-work")))
    assert page.index(f'id="work-{item.pk}"') < page.index(f'id="work-{older.pk}"')
    assert page.count("Try again") == 1

    refused = client.post(reverse("desk-work-done", args=[item.pk]), {"note": ""}, follow=True)
    put_off = client.post(reverse("desk-work-tomorrow", args=[item.pk]), {"note": ""})
    item.refresh_from_db()
    assert "Write what was said and done" in text(refused)
    assert (put_off.status_code, item.status) == (409, "requested")

    client.post(reverse("desk-work-done", args=[item.pk]), {"note": "Is on the way to hospital."})
    check = SymptomCheck.objects.get()
    assert (check.followed_up_by, check.follow_up_note) == (desk, "Is on the way to hospital.")
    assert URGENT not in text(client.get(reverse("desk")))


def test_physician_follows_up_with_everything_in_sight(client, plan):
    check, doctor = told_red(plan), signed_in(client, "physician")
    factories.practitioner(hours=None).__class__.objects.filter(pk=plan.procedure.performed_by_id).update(user=doctor)
    visit = reverse("practice-visit", args=[plan.procedure.appointment_id])
    address = reverse("practice-check", args=[check.pk])
    day, before = text(client.get(reverse("practice"))), text(client.get(visit))
    assert day.index("Urgent: call this patient now") < day.index("<h2")
    assert address in day
    assert "Red symptoms told on" in before

    page = text(client.get(address))
    assert "My secret" in page
    assert "Lidocaine 1 %" in page
    assert "Needle near the lung" in page
    empty = client.post(address, {"patient": plan.patient_id, "note": " "})
    wrong = client.post(address, {"patient": plan.patient_id + 1, "note": "Well"})
    assert "Write what was said and done." in text(empty)
    assert (wrong.status_code, SymptomCheck.objects.to_follow_up().count()) == (409, 1)

    client.post(address, {"patient": plan.patient_id, "note": "X-ray is clear."})
    check.refresh_from_db()
    assert (check.followed_up_by, check.follow_up_note) == (doctor, "X-ray is clear.")
    assert AuditEvent.objects.filter(by=doctor, patient=plan.patient, what="symptom answers").count() >= 2
    assert URGENT not in text(client.get(reverse("practice")))
    assert "Red symptoms told on" not in text(client.get(visit))
    history = text(client.get(reverse("practice-history", args=[plan.patient_id])))
    assert "X-ray is clear." in history
    assert "My secret" in history


@pytest.mark.parametrize("role", ["desk", "physiotherapist", "manager"])
def test_only_physicians_read_the_answers(client, plan, role):
    check = told_red(plan)
    signed_in(client, role)

    answer = client.get(reverse("practice-check", args=[check.pk]))

    assert refusal(answer) == NOT_YOURS
    assert CANARY not in text(answer)


def test_clinic_without_questions_asks_to_be_called(client, plan):
    SymptomQuestion.objects.update(is_active=False)

    responses = [client.get(link(plan)), client.post(link(plan), {"own_words": "Help"})]

    for response in responses:
        assert response.status_code == 503
        assert "Please call us and tell us how you are." in text(response)
    assert SymptomCheck.objects.count() == 0
