"""The manager decides on a removal, sees what would go, and opens again what was locked."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.models import AuditEvent, Patient, WorkItem
from clinic.privacy import data_requests
from tests import factories
from tests.web import main_words

pytestmark = pytest.mark.django_db
REASON = {"reason": "She asked in person and showed her passport."}


@pytest.fixture
def treated():
    """So long ago that nothing of it runs any more."""
    return factories.care_plan(signed_at=timezone.now() - timedelta(days=90)).patient


def page_of(patient):
    return reverse("manage-removal", args=[patient.pk])


def test_who_asked_waits_on_the_managers_page(client, manager, patient):
    data_requests.ask_for_removal(patient, "I moved away.", at=timezone.now())

    words = main_words(client.get(reverse("manage-removals")))

    assert str(patient) in words
    assert "“I moved away.”" in words
    assert "The times are a draft" in words
    assert AuditEvent.objects.filter(patient=patient, what="removal").count() == 1


def test_the_desk_is_led_to_that_page(page, patient):
    data_requests.ask_for_removal(patient, "", at=timezone.now())

    assert page_of(patient) in page.get(reverse("desk-work")).content.decode()


def test_of_a_newcomer_all_is_erased(client, manager, patient):
    data_requests.ask_for_removal(patient, "", at=timezone.now())
    assert "All is erased, the name too." in main_words(client.get(page_of(patient)))

    answer = client.post(page_of(patient), REASON, follow=True)

    assert "Nothing of this patient is left" in main_words(answer)
    assert Patient.objects.get(pk=patient.pk).given_name == "Removed"
    assert WorkItem.objects.get().status == "cancelled"


def test_a_record_is_locked_and_can_be_opened_again(client, manager, treated):
    assert "locked, not lost" in main_words(client.get(page_of(treated)))

    client.post(page_of(treated), REASON)
    locked = Patient.objects.get(pk=treated.pk).locked_at
    words = main_words(client.post(page_of(treated), {"reason": "She came back."}, follow=True))

    assert locked is not None
    assert Patient.objects.get(pk=treated.pk).locked_at is None
    assert "opened again" in words
    assert "She came back." in words


def test_what_stands_in_the_way_is_said_and_refused(client, manager, patient):
    factories.appointment(patient=patient, starts_at=timezone.now() + timedelta(days=3))

    assert "There is still a visit" in main_words(client.get(page_of(patient)))
    refused = client.post(page_of(patient), REASON)

    assert refused.status_code == 422
    assert Patient.objects.get(pk=patient.pk).erased_at is None


def test_a_reason_is_needed(client, manager, patient):
    assert client.post(page_of(patient), {"reason": " "}).status_code == 422
    assert Patient.objects.get(pk=patient.pk).erased_at is None


def test_the_manager_proves_again_who_it_is(client, manager, patient, settings):
    settings.FRESH_SIGN_IN_REQUIRED = True

    client.post(page_of(patient), REASON)

    assert Patient.objects.get(pk=patient.pk).erased_at is None


def test_who_is_locked_is_not_found_at_the_desk(client, manager, page, treated):
    client.post(page_of(treated), REASON)

    assert page.get(reverse("desk-patient", args=[treated.pk])).status_code == 404
    assert str(treated.family_name) not in main_words(page.get(reverse("desk-patients"), {"q": treated.family_name}))
