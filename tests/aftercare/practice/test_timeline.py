"""Everything about one patient on one page, and pain over time as a picture with its table."""

import re
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from aftercare.outcomes.pain_charts import BOTTOM, LEFT, RIGHT, TOP, PainPoint, pain_chart
from clinic.models import AuditEvent
from procedures.models import BodyArea
from procedures.records import signing
from procedures.screening import pain_reports
from procedures.screening.pain_reports import Pain
from tests import factories
from tests.web import words

pytestmark = pytest.mark.django_db


def page_of(client, patient):
    return client.get(reverse("practice-history", args=[patient.pk]))


def treat(patient, *, days_ago, practitioner, kind, pain=(7, 3)):
    starts_at = factories.at("2026-03-02 10:00") - timedelta(days=days_ago)
    visit = factories.arrived(patient=patient, starts_at=starts_at, practitioner=practitioner, visit_type=kind)
    return factories.signed(visit=visit, pain=pain, signed_at=starts_at + timedelta(minutes=30))


def test_history_of_a_patient_with_nothing_says_so(client, physician):
    patient = factories.patient()

    shown = words(page_of(client, patient))

    assert "Nothing happened here yet" in shown
    assert "No pain was written down yet." in shown
    assert AuditEvent.objects.filter(patient=patient, what="history", by=physician.user).count() == 1


def test_history_puts_visits_records_notes_pain_and_aftercare_on_one_line(client, physician):
    call_command("loaddata", "regions", "body_areas", verbosity=0)
    factories.protocol()
    patient, person, kind = factories.patient(), factories.practitioner(hours=None), factories.visit_type()
    record = treat(patient, days_ago=10, practitioner=person, kind=kind)
    signing.amend(record, text="Called, is well.", by=physician.user, at=factories.NOW)
    area = BodyArea.objects.first()
    pain_reports.submit(patient, Pain([area], score=6), by=physician.user, at=factories.NOW - timedelta(days=12))

    page = page_of(client, patient)
    shown = words(page)

    order = ["Aftercare began", "Consultation", "Called, is well.", "Safety answers", "Consent signed", "Pain told: 6"]
    timeline = shown.partition("Time line")[2]
    positions = [timeline.index(text) for text in order]
    assert positions == sorted(positions)
    assert area.name in timeline
    chart = page.content.decode().partition('class="pain-chart"')[2].partition("</svg>")[0]
    assert set(re.findall(r'class="pain-chart-(before|after|told)"', chart)) == {"before", "after", "told"}


def test_history_says_that_physiotherapy_is_done_once_it_is_assessed_though_no_visit_was_booked_here(client, physician):
    factories.protocol()
    person, kind = factories.practitioner(hours=None), factories.visit_type()
    record = treat(factories.patient(), days_ago=10, practitioner=person, kind=kind)
    before = words(page_of(client, record.patient))
    record.care_plan.referral.complete()

    after = words(page_of(client, record.patient))

    assert re.findall(r"physiotherapy by \w+ \d+ \w+: ([a-z ]+)", before) == ["not booked "]
    assert re.findall(r"physiotherapy by \w+ \d+ \w+: ([a-z ]+)", after) == ["done "]


@pytest.mark.once
@pytest.mark.parametrize("visits", [3, 60])
def test_history_asks_the_database_as_often_for_60_visits(client, physician, visits, django_assert_max_num_queries):
    factories.protocol()
    patient, person, kind = factories.patient(), factories.practitioner(hours=None), factories.visit_type()
    for number in range(visits):
        treat(patient, days_ago=number * 7, practitioner=person, kind=kind)

    with django_assert_max_num_queries(45):
        page = page_of(client, patient)

    assert page.content.decode().count('class="is-injected"') == visits


def test_chart_draws_each_score_at_its_height():
    chart = pain_chart(
        [PainPoint(date(2026, 1, 11), told=5), PainPoint(date(2026, 1, 1), 10, 0), PainPoint(date(2026, 1, 21), 4, 4)]
    )

    assert [(point["before_y"], point["after_y"], point["told_y"]) for point in chart["points"]] == [
        (TOP, BOTTOM, None),
        (None, None, (TOP + BOTTOM) / 2),
        (108.0, 108.0, None),
    ]
    first, middle, last = (point["x"] for point in chart["points"])
    assert LEFT < first < middle < last < RIGHT
    assert middle - first == pytest.approx(last - middle)
    assert len(chart["line"].split()) == 2


def test_chart_of_one_day_stands_in_the_middle_and_of_none_is_none():
    chart = pain_chart([PainPoint(date(2026, 1, 1), 5, 2)])

    assert (chart["points"][0]["x"], chart["line"]) == ((LEFT + RIGHT) / 2, "")
    assert pain_chart([]) is None
