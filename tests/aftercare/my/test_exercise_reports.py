"""An exercise does not feel right: the patient says so on its card, and the right person reads it."""

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from aftercare.models import ExerciseReport, SymptomCheck
from aftercare.physiotherapy import exercise_items
from clinic.models import Role, WorkItem
from tests import factories
from tests.aftercare.symptoms import asked_plans
from tests.factories import at
from tests.web import NOT_FOUND, as_, main_words, refusal, sign_in, text, words

pytestmark = pytest.mark.django_db
PLAIN = "My shoulder clicks at the third step."


@pytest.fixture
def plan(time_machine):
    asked_plans.questions()
    call_command("loaddata", "symptom_words", verbosity=0)
    plan = factories.care_plan(signed_at=at("2026-03-02 10:30"))
    time_machine.move_to(at("2026-03-04 11:00"), tick=False)
    return plan


@pytest.fixture
def pendulum(plan, client):
    sign_in(client, plan.patient)
    return factories.prescription(plan)


@pytest.fixture
def therapist():
    return factories.colleague(Role.PHYSIOTHERAPIST).user


def say(client, prescription, said, token="page-0001"):
    address = reverse("my-exercise-report", args=[prescription.pk])
    return client.post(address, {"words": said, "request_token": token}, follow=True)


def items():
    opened = WorkItem.objects.requested().filter(patient__isnull=False)
    return sorted(opened.exclude(kind="physiotherapy").values_list("kind", flat=True))


def test_the_physiotherapist_hears_at_once_and_nobody_else(client, pendulum, therapist):
    page = say(client, pendulum, PLAIN)

    assert "Thank you. Your physiotherapist reads this." in words(page)
    assert "You told us that it does not feel right. We look at it." in words(page)
    assert (items(), SymptomCheck.objects.count()) == (["exercise_discomfort"], 0)
    waiting = as_(therapist).get(reverse("practice"))
    assert "An exercise does not feel right : Rasa Example" in words(waiting)
    assert PLAIN not in text(waiting)
    desk = as_(factories.user(Role.DESK)).get(reverse("desk-work"))
    assert "does not feel right" not in words(desk)


def test_the_physiotherapist_reads_the_words_and_notes_what_comes_of_it(client, pendulum, therapist, plan):
    say(client, pendulum, PLAIN)
    browser, exercises = as_(therapist), reverse("practice-referral-exercises", args=[plan.referral.pk])
    assert PLAIN in main_words(browser.get(exercises))

    noted = reverse("practice-exercise-noted", args=[plan.referral.pk, pendulum.pk])
    page = browser.post(noted, {"patient": plan.patient.pk, "note": "Called. Two steps only."}, follow=True)

    assert "Noted: Pendulum." in words(page)
    assert PLAIN not in main_words(page)
    item = WorkItem.objects.get(kind="exercise_discomfort")
    assert (item.status, item.note, item.ended_by) == ("completed", "Called. Two steps only.", therapist)
    assert "You told us" not in words(client.get(reverse("my-exercises")))


def test_a_note_needs_words_and_the_right_patient(client, pendulum, therapist, plan):
    say(client, pendulum, PLAIN)
    noted = reverse("practice-exercise-noted", args=[plan.referral.pk, pendulum.pk])

    empty = as_(therapist).post(noted, {"patient": plan.patient.pk, "note": " "}, follow=True)
    other = as_(therapist).post(noted, {"patient": plan.patient.pk + 1, "note": "Called."})

    assert "Write what comes of it" in words(empty)
    assert other.status_code == 409
    assert items() == ["exercise_discomfort"]


@pytest.mark.parametrize(
    ("said", "kind", "sentence"),
    [
        ("It hurts, and I cannot breathe well.", "symptom_red", "Get help now"),
        ("It makes me dizzy at the third step.", "symptom_amber", "We will call you"),
    ],
)
def test_what_sounds_of_symptoms_goes_their_way_too(client, pendulum, said, kind, sentence):
    page = say(client, pendulum, said)

    check = SymptomCheck.objects.get()
    assert page.request["PATH_INFO"] == reverse("my-symptoms-answered", args=[check.care_plan_id, check.pk])
    assert sentence in words(page)
    assert items() == sorted(["exercise_discomfort", kind])
    assert check.own_words == said


def test_sent_twice_it_is_kept_once(client, pendulum):
    say(client, pendulum, "I cannot breathe well.")
    say(client, pendulum, "I cannot breathe well.")

    assert (ExerciseReport.objects.count(), SymptomCheck.objects.count()) == (1, 1)
    assert items() == ["exercise_discomfort", "symptom_red"]


def test_without_words_the_page_says_so_and_nothing_is_kept(client, pendulum):
    page = say(client, pendulum, " ")

    assert (page.status_code, ExerciseReport.objects.count()) == (422, 0)
    assert "Write what you feel." in words(page)
    assert '<details class="fold" open>' in text(page)


def test_nobody_reports_for_others(client, pendulum):
    sign_in(client, factories.patient())

    assert refusal(say(client, pendulum, PLAIN)) == NOT_FOUND
    assert ExerciseReport.objects.count() == 0


def test_who_stopped_is_asked_kindly(client, pendulum):
    exercise_items.unticked([pendulum], at=timezone.now())

    assert "You did not tick this for some days. That is all right." in words(client.get(reverse("my-exercises")))
