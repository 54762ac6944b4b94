"""The pages of the waitlist: joining it, taking what is offered, leaving it."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from clinic.models import WaitlistEntry
from clinic.scheduling import cancellations
from tests.clinic.scheduling.waitlist_entries import EIGHT, UNDO, status

pytestmark = pytest.mark.django_db


# The pages


@pytest.fixture
def me(me, time_machine):
    time_machine.move_to(EIGHT, tick=False)
    return me


def test_times_page_without_times_leads_to_the_list(client, visit_type):
    page = client.get(visit_type.get_absolute_url()).content.decode()

    assert f'href="{reverse("my-waitlist-join", args=[visit_type.slug])}"' in page


def test_patient_joins_for_times_that_suit(client, me, visit_type, doctor):
    address = reverse("my-waitlist-join", args=[visit_type.slug])
    asked = client.get(address).content.decode()
    data = {"patient": me.pk, "weekdays": [0, 3], "practitioners": [doctor.pk], "part_of_day": "morning"}

    page = client.post(
        address, data | {"earliest_on": "2026-03-02", "latest_on": "2026-03-20"}, follow=True
    ).content.decode()

    entry = WaitlistEntry.objects.get()
    assert "Put me on the list" in asked
    assert "You are on the list" in page
    assert "Monday, Thursday" in page
    assert (entry.patient, entry.weekdays, entry.not_after) == (me, [0, 3], time(12))
    assert list(entry.practitioners.all()) == [doctor]


@pytest.mark.parametrize("days", [("2026-03-10", "2026-03-09"), ("2026-03-02", "2027-03-02"), ("", ""), ("x", "y")])
def test_patient_cannot_join_for_days_that_cannot_be(client, me, visit_type, days):
    data = {"patient": me.pk, "part_of_day": "any", "earliest_on": days[0], "latest_on": days[1]}

    page = client.post(reverse("my-waitlist-join", args=[visit_type.slug]), data).content.decode()

    assert "Please check your answers" in page
    assert WaitlistEntry.objects.count() == 0


def test_patient_takes_the_time_that_is_held_and_taking_twice_is_once(client, me, freed, join):
    entry = join(me)
    cancellations.cancel(freed, at=EIGHT - UNDO)

    page = client.get(reverse("my-waitlist")).content.decode()
    answers = [client.post(reverse("my-waitlist-take", args=[entry.pk])) for _ in range(2)]

    assert "A time is free for you: Monday 2 March, 11:00" in page
    assert [answer["Location"] for answer in answers] == [reverse("my")] * 2
    assert me.appointments.get().status == "booked"


def test_patient_cannot_take_a_time_whose_offer_expired(client, me, freed, join, time_machine):
    entry = join(me)
    cancellations.cancel(freed, at=EIGHT - UNDO)
    time_machine.shift(timedelta(minutes=30))

    page = client.get(reverse("my-waitlist")).content.decode()
    answer = client.post(reverse("my-waitlist-take", args=[entry.pk]))

    assert ("Take this time" in page, answer.status_code) == (False, 409)
    assert me.appointments.count() == 0


def test_patient_leaves_the_list(client, me, join):
    entry = join(me)

    client.post(reverse("my-waitlist-leave", args=[entry.pk]))

    assert status(entry) == "left"


@pytest.mark.parametrize("name", ["my-waitlist-take", "my-waitlist-leave"])
def test_strangers_entry_is_not_found(client, me, join, name):
    entry = join()

    assert client.post(reverse(name, args=[entry.pk])).status_code == 404
    assert status(entry) == "waiting"
