"""What patients told, for the desk and for the physician."""

import pytest
from django.urls import reverse

from aftercare.models import SymptomCheck
from aftercare.symptoms import answers
from clinic.models import AuditEvent, WorkItem
from tests import factories
from tests.aftercare.symptoms import asked_pages, asked_plans
from tests.aftercare.symptoms.asked_pages import CANARY, URGENT, signed_in, text, told_red
from tests.factories import at
from tests.web import NOT_YOURS, main_words, refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(time_machine):
    return asked_pages.plan_of_day_three(time_machine)


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


def test_physician_sees_the_worst_first_what_came_later_beside_it_and_what_was_not_answered(client, plan):
    doctor = signed_in(client, "physician")
    check = answers.submit(plan, answers.Told({"breathing": "red"}), at=at("2026-03-05 17:40"))
    added = answers.Told({"bruise": "amber"}, adds_to=check)
    answers.submit(plan, added, at=at("2026-03-05 17:45"))
    levels = asked_plans.levels(answers.questions_for(plan))
    answers.submit(plan, answers.Told(levels), at=at("2026-03-05 17:55"))
    address = reverse("practice-check", args=[check.pk])

    page = client.get(address)
    words = main_words(page)
    assert words.index("Red symptoms told on Thu 5 Mar, 17:40") < words.index("Amber symptoms told on")
    assert "Told later, which ends nothing: Thu 5 Mar, 17:55 nothing to worry about" in words
    assert words.count("not answered") == 7
    assert "Added on Thu 5 Mar, 17:45 Is there a bruise?" in words
    assert "Your note also settles the other open answer above." in words

    fields = {name: page.context["form"][name].value() for name in ("patient", "also")}
    client.post(address, fields | {"note": "X-ray is clear."})
    assert {check.followed_up_by for check in SymptomCheck.objects.exclude(outcome="green")} == {doctor}
    assert WorkItem.objects.filter(kind__startswith="symptom").requested().count() == 0
    history = main_words(client.get(reverse("practice-history", args=[plan.patient_id])))
    assert "Do you feel faint? Not answered." in history
    assert "Added to what was told on Thu 5 Mar, 17:40." in history


@pytest.mark.parametrize("role", ["desk", "physiotherapist", "manager"])
def test_only_physicians_read_the_answers(client, plan, role):
    check = told_red(plan)
    signed_in(client, role)

    answer = client.get(reverse("practice-check", args=[check.pk]))

    assert refusal(answer) == NOT_YOURS
    assert CANARY not in text(answer)
