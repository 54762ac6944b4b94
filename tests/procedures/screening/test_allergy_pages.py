"""Allergies as patients name them, and as physicians write them down."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from procedures.models import Allergy
from tests import factories
from tests.procedures.screening.test_screening_pages import typed
from tests.web import text

pytestmark = pytest.mark.django_db
NOW = factories.NOW


@pytest.fixture(autouse=True)
def world(time_machine):
    time_machine.move_to(NOW, tick=False)
    call_command("loaddata", "screening_questions", "illness_questions", "drugs", "allergy_substances", verbosity=0)


def named(allergy):
    return allergy.substance, allergy.severity, allergy.reaction


def test_patient_ticks_what_it_was_and_how_bad(client):
    patient = factories.patient()
    client.force_login(factories.account_of(patient))
    page = client.get(reverse("my-screening", args=[patient.pk]))

    sent = typed(
        **{
            "numbing-allergy-answer": "yes",
            "numbing-allergy-more": "at the dentist",
            "numbing-allergy-to": ["drug-lidocaine"],
            "numbing-allergy-severity": "severe",
            "other-allergy-answer": "yes",
            "other-allergy-to": ["ingredient-latex"],
        }
    )
    answer = client.post(reverse("my-screening", args=[patient.pk]), sent)

    assert answer.status_code == 302
    assert "Ropivacaine" in text(page)
    assert len(page.content) <= 42 * 1024
    assert {named(each) for each in Allergy.objects.all()} == {
        ("Lidocaine", "severe", "at the dentist"),
        ("Latex", "unknown", ""),
    }
    client.post(reverse("my-screening", args=[patient.pk]), typed())
    assert Allergy.objects.standing().count() == 2


def test_physician_writes_an_allergy_and_says_why_it_no_longer_counts(client):
    patient, doctor = factories.patient(), factories.colleague().user
    client.force_login(doctor)
    address = reverse("practice-allergies", args=[patient.pk])

    refused = client.post(address, {"substance": "", "other": "", "severity": "mild"})
    client.post(address, {"substance": "ingredient-paraben", "severity": "severe", "reaction": "hives, wheeze"})

    allergy = Allergy.objects.get()
    assert "Choose one substance, or write another." in text(refused)
    assert named(allergy) == ("Paraben", "severe", "hives, wheeze")
    assert "hives, wheeze" in text(client.get(address))
    end = reverse("practice-allergy-end", args=[patient.pk, allergy.pk])
    assert "is no reason" in text(client.post(end, {"reason": "ok"}))
    client.post(end, {"reason": "Skin test negative, letter in the file."})
    assert "Skin test negative, letter in the file." in text(client.get(address))
    assert not Allergy.objects.standing().exists()


def test_allergy_of_another_patient_is_not_ended_by_a_wrong_address(client):
    allergy = factories.patient().allergies.create(other="nuts", severity="mild", noted_by=factories.user())
    client.force_login(factories.colleague().user)

    address = reverse("practice-allergy-end", args=[factories.patient().pk, allergy.pk])

    assert client.post(address, {"reason": "Skin test negative, letter."}).status_code == 404
    assert Allergy.objects.standing().get() == allergy
