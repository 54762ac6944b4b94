"""The page of open times at its ends: nothing free, too far ahead, nothing before."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(factories.NOW, tick=False)


@pytest.fixture
def physician():
    factories.room()
    return factories.practitioner()


@pytest.fixture
def consultation():
    return factories.visit_type(slug="consultation", is_consultation=True)


def test_times_when_everything_is_full_says_what_to_do(client, consultation, physician):
    physician.working_hours.all().delete()
    question = f"{consultation.get_absolute_url()}?practitioner={physician.pk}&from=2026-03-03"

    page = client.get(question).content.decode()

    ways_out = re.findall(r'<a class="button-quiet" href="([^"]*)"', page)
    assert ways_out == [
        f"?practitioner={physician.pk}&amp;from=2026-03-31",
        "?from=2026-03-03",
        reverse("my-waitlist-join", args=[consultation.slug]),
        "tel:" + settings.CLINIC_PHONE.replace(" ", ""),
    ]


def test_times_beyond_the_horizon_says_so_and_shows_the_first(client, consultation, physician):
    page = client.get(f"{consultation.get_absolute_url()}?from=2027-01-01").content.decode()

    assert "You can book until Monday 25 May 2026" in page
    assert f"Monday 2 March, 09:00, with {physician.name}" in page


def test_times_lead_to_no_days_before_the_first_open_one(client, consultation, physician):
    physician.time_off.create(starts_at=factories.at("2026-03-02 00:00"), ends_at=factories.at("2026-03-05 00:00"))

    first, second = (
        client.get(f"{consultation.get_absolute_url()}{query}").content.decode() for query in ("", "?from=2026-03-07")
    )

    assert ("Earlier days" in first, "Later days" in first) == (False, True)
    assert '"?from=2026-03-05"' in second


def test_visit_types_begin_with_the_one_for_newcomers(client, consultation):
    page = client.get(reverse("book")).content.decode()

    assert re.findall(r'class="button-primary" href="([^"]*)"', page) == [consultation.get_absolute_url()]
