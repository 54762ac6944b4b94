"""When the clinic is open: somebody works, and it is not closed. What is said about today is right to the minute."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from model_bakery import baker

from clinic.models import Closure, TimeOff
from clinic.scheduling import opening_hours
from tests import factories, web
from tests.factories import at, civil

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)


def hours(day, count=1):
    found = opening_hours.days(first_day=day, count=count)
    return [[(f"{s.starts_at:%H:%M}", f"{s.ends_at:%H:%M}") for s in each.stretches] for each in found]


def close(starts, ends):
    return Closure.objects.create(starts_at=at(starts), ends_at=at(ends))


def test_open_while_anybody_works():
    early, late = factories.practitioner(hours=None), factories.practitioner(hours=None)
    factories.work(early, 0, "08:00", "12:00")
    factories.work(late, 0, "11:00", "15:00")
    factories.work(late, 0, "16:00", "18:00")
    factories.work(late, 1, "09:00", "10:00", valid_until=date(2026, 3, 1))

    assert hours(MONDAY, 2) == [[("08:00", "15:00"), ("16:00", "18:00")], []]


def test_absence_of_the_only_person_and_closures_are_not_open():
    person = factories.practitioner()
    TimeOff.objects.create(practitioner=person, starts_at=at("2026-03-03 00:00"), ends_at=at("2026-03-04 00:00"))
    close("2026-03-04 12:00", "2026-03-04 13:00")
    close("2026-03-05 00:00", "2026-03-06 00:00")

    assert hours(MONDAY, 4) == [[("09:00", "17:00")], [], [("09:00", "12:00"), ("13:00", "17:00")], []]
    assert opening_hours.closures(first_day=MONDAY, count=7) == [date(2026, 3, 5)]


def test_who_no_longer_works_here_opens_nothing():
    person = factories.practitioner()
    person.is_active = False
    person.save()

    assert hours(MONDAY) == [[]]


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2026-03-02 08:59", "Closed now. We open at 09:00."),
        ("2026-03-02 09:00", "Open today until 17:00."),
        ("2026-03-02 16:59", "Open today until 17:00."),
        ("2026-03-02 17:00", "Closed now. We open tomorrow at 09:00."),
        ("2026-03-04 12:30", "Closed now. We open at 13:00."),
        ("2026-03-04 11:30", "Open today until 12:00."),
        ("2026-03-05 10:00", "Closed today. We open on Monday at 09:00."),
        ("2026-03-07 10:00", "Closed today. We open on Monday at 09:00."),
        ("2026-03-13 18:00", "Closed now. We open on Monday 23 March at 09:00."),
    ],
)
def test_today_is_told_in_words(client, now, words):
    factories.practitioner()
    close("2026-03-04 12:00", "2026-03-04 13:00")
    close("2026-03-05 00:00", "2026-03-07 00:00")
    close("2026-03-14 00:00", "2026-03-23 00:00")

    with time_machine.travel(at(now)):
        shown = {name: web.words(client.get(reverse(name))) for name in ("home", "clinic")}

    assert {name: words in html for name, html in shown.items()} == {"home": True, "clinic": True}


def test_clinic_without_hours_asks_to_call(client):
    assert "Closed today. Please call us before you come." in web.words(client.get(reverse("clinic")))


def test_day_of_the_clock_change_ends_when_the_wall_says_so():
    factories.practitioner(days=[6])

    (day,) = opening_hours.days(first_day=date(2026, 3, 29), count=1)

    assert [s.ends_at - s.starts_at for s in day.stretches] == [timedelta(hours=8)]
    assert opening_hours.state(at=at("2026-03-29 16:59")).is_open


@time_machine.travel(factories.NOW)
def test_clinic_page_tells_hours_closed_days_and_the_way(client):
    factories.practitioner()
    close("2026-03-20 00:00", "2026-03-21 00:00")
    page = baker.make("clinic.Page", slug="clinic", title="Find us", lead="Here.")
    page.sections.create(slug="step-free", heading="Without steps", body="There are no steps.")

    html = " ".join(client.get(reverse("clinic")).content.decode().split())

    assert html.count("09:00 to 17:00") == 5
    assert html.count("<td>Closed</td>") == 2
    assert "<li>Friday 20 March</li>" in html
    assert "There are no steps." in html
    assert "12 Linden Street" in html


@pytest.mark.parametrize(
    ("told_at", "until"),
    [
        ("2026-03-05 10:00", "2026-03-05 17:00"),
        ("2026-03-05 16:00", "2026-03-05 17:00"),
        ("2026-03-05 16:01", "2026-03-06 12:00"),
        ("2026-03-06 18:00", "2026-03-09 12:00"),  # a Friday
        ("2026-03-07 10:00", "2026-03-09 12:00"),
    ],
)
def test_call_is_promised_for_this_working_day_or_noon_of_the_next(told_at, until):
    factories.practitioner()

    assert civil(opening_hours.call_by(at=at(told_at))) == until


def test_call_is_promised_for_no_day_on_which_nobody_is_here():
    person = factories.practitioner(hours=("13:30", "17:00"))
    TimeOff.objects.create(practitioner=person, starts_at=at("2026-03-06 00:00"), ends_at=at("2026-03-07 00:00"))
    close("2026-03-09 00:00", "2026-03-10 00:00")

    assert civil(opening_hours.call_by(at=at("2026-03-05 23:00"))) == "2026-03-10 14:30"


def test_no_call_is_promised_while_no_opening_is_known():
    assert opening_hours.call_by(at=at("2026-03-05 10:00")) is None
