"""Physiotherapy that cannot take place as planned: every page of the days after that names it says so."""

import pytest
from django.urls import reverse

from clinic.models import Closure
from tests import factories
from tests.factories import at
from tests.web import as_, text

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-03 12:00"), tick=False)]


def test_pages_of_the_days_after_say_that_physiotherapy_may_not_take_place():
    plan = factories.care_plan(signed_at=at("2026-03-02 10:00"))
    factories.room()
    who = {"practitioner": factories.physiotherapist(), "patient": plan.patient}
    factories.book(at("2026-03-05 10:00"), visit_type=factories.physiotherapy(), **who, at=at("2026-03-03 11:00"))
    patient = as_(factories.account_of(plan.patient))
    pages = [reverse("my"), plan.get_absolute_url(), plan.referral.get_absolute_url()]

    before = ["may not take place as planned" in text(patient.get(page)) for page in pages]
    Closure.objects.create(starts_at=at("2026-03-05 00:00"), ends_at=at("2026-03-06 00:00"))
    after = ["may not take place as planned" in text(patient.get(page)) for page in pages]

    assert (before, after) == ([False] * 3, [True] * 3)
