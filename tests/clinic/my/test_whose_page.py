"""A family shares one phone: every page that a message leads to says whose it is."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from aftercare.symptoms import check_times
from clinic.messaging import stop_links
from clinic.scheduling import cancellations, visit_answers
from tests import factories
from tests.clinic.messaging.every_message import PEOPLE, person
from tests.clinic.scheduling.visits import TEN
from tests.factories import NOW
from tests.web import text

pytestmark = pytest.mark.django_db
NAMES = {
    "adult": "Rasa E.",
    "child": "Jonas P.",
    "two children on one phone": "Jonas P.",
    "father and son of one name": "Jonas P. (born 2019)",
    "right-to-left name": "\u2068محمد ا.\u2069",
    "Lithuanian letters": "Žygimantė Ą.",
}
CHILDREN = {"child", "two children on one phone", "father and son of one name"}


def page_of(client, address):
    html = text(client.get("/" + address.split("/", 3)[3]))
    return " ".join(re.sub("<[^>]*>", " ", html).split())


@pytest.fixture
def plan_of(db):
    call_command("loaddata", "symptom_questions", verbosity=0)

    def plan_of(patient):
        factories.protocol().check_times.create(asks="how-are-you", days_after=1)
        return factories.care_plan(patient=patient, signed_at=timezone.now() - timedelta(days=1, hours=12))

    return plan_of


@pytest.mark.time_machine(NOW, tick=False)
@pytest.mark.parametrize("who", NAMES)
def test_page_of_a_reminder_says_whose_visit_it_is(client, who):
    patient = person(who)
    factories.room()
    visit = factories.book(TEN, patient=patient, practitioner=factories.practitioner(hours=("09:00", "12:00")))

    page = page_of(client, visit_answers.link_of(visit))

    assert f"For {NAMES[who]} When" in page
    assert (f"Is {NAMES[who]} coming?" in page, "Are you coming?" in page) == (who in CHILDREN, who not in CHILDREN)
    assert patient.family_name not in page


@pytest.mark.parametrize("who", NAMES)
def test_page_that_stops_reminders_says_whose(client, who):
    patient = person(who)

    page = page_of(client, stop_links.link_of(patient))

    assert (f"For {NAMES[who]}" in page, patient.family_name in page) == (True, False)


def test_link_that_is_of_no_use_any_more_still_says_whose_visit_it_was(client):
    visit = factories.appointment(patient=person("child"), starts_at=timezone.now() + timedelta(days=1))
    cancellations.cancel(visit, at=timezone.now())

    assert "For Jonas P. This visit is cancelled." in page_of(client, visit_answers.link_of(visit))


@pytest.mark.parametrize(("who", "asked"), [("adult", "Rasa E., how are you?"), ("child", "How is Jonas P. today?")])
def test_page_that_asks_how_somebody_is_says_who(client, who, asked, plan_of, time_machine):
    check = plan_of(person(who)).checks.first()
    time_machine.move_to(check.due_at + timedelta(minutes=5))

    assert asked in page_of(client, check_times.link_of(check))
    time_machine.move_to(check.open_until + timedelta(minutes=5))
    assert f"For {NAMES[who]}" in page_of(client, check_times.link_of(check))


@pytest.mark.time_machine(NOW, tick=False)
def test_who_acts_for_two_reads_whose_visit_is_changed(client):
    mother, child = person("adult"), person("child")
    account = factories.account_of(mother)
    account.patient_access.create(patient=child, relation="family")
    factories.room()
    visit = factories.book(TEN, patient=child, practitioner=factories.practitioner(hours=("09:00", "12:00")))
    client.force_login(account)

    asked = page_of(client, "x://y/" + reverse("my-cancel", args=[visit.pk])[1:])
    client.post(reverse("my-cancel", args=[visit.pk]))
    told = page_of(client, "x://y/my/")
    again = text(client.post(reverse("my-undo-cancel", args=[visit.pk]), follow=True))

    assert "For Jonas P." in asked
    assert "The visit of Jonas P. on" in told
    assert "The visit of Jonas P. is booked again" in again


def test_people_of_the_pages_are_people_of_the_messages():
    assert set(NAMES) <= set(PEOPLE)
