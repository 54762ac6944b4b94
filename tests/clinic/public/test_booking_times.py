"""The page of open times at its limits: nothing free, too far ahead, nothing before."""

import re

import pytest
from django.conf import settings
from django.urls import reverse

from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(factories.NOW, tick=False)]


def test_times_when_everything_is_full_says_what_to_do(client, consultation, doctor):
    doctor.working_hours.all().delete()
    question = f"{consultation.get_absolute_url()}?practitioner={doctor.pk}&from=2026-03-03"

    page = client.get(question).content.decode()

    ways_out = re.findall(r'<a class="button-quiet" href="([^"]*)"', page)
    assert ways_out == [
        f"?practitioner={doctor.pk}&amp;from=2026-03-31",
        "?from=2026-03-03",
        reverse("my-waitlist-join", args=[consultation.slug]),
        "tel:" + settings.CLINIC_PHONE.replace(" ", ""),
    ]


def test_times_beyond_the_horizon_says_so_and_shows_the_first(client, consultation, doctor):
    page = client.get(f"{consultation.get_absolute_url()}?from=2027-01-01").content.decode()

    assert "You can book until Monday 25 May 2026" in page
    assert f"Monday 2 March, 09:00, with {doctor.name}" in page


def test_times_lead_to_no_days_before_the_first_open_one(client, consultation, doctor):
    doctor.time_off.create(starts_at=factories.at("2026-03-02 00:00"), ends_at=factories.at("2026-03-05 00:00"))

    first, second = (
        client.get(f"{consultation.get_absolute_url()}{query}").content.decode() for query in ("", "?from=2026-03-07")
    )

    assert ("Earlier days" in first, "Later days" in first) == (False, True)
    assert '"?from=2026-03-05"' in second


def test_visit_types_begin_with_the_one_for_newcomers(client, consultation):
    page = client.get(reverse("book")).content.decode()

    assert re.findall(r'class="button-primary" href="([^"]*)"', page) == [consultation.get_absolute_url()]
