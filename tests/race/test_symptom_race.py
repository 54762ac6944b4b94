"""The same answers are sent from several windows at the same moment."""

from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aftercare.models import SymptomCheck
from aftercare.symptoms import answers, check_times
from clinic.models import WorkItem
from tests import factories
from tests.aftercare.symptoms import asked_plans
from tests.race.test_booking_race import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.repeated_queries_allowed]
WINDOWS = 4


def test_red_answer_sent_several_times_at_once_is_one_with_one_work_item():
    asked_plans.questions()
    visit = factories.arrived(starts_at=timezone.now() - timedelta(hours=5))
    plan = asked_plans.plan(near_lung=True, visit=visit, signed_at=timezone.now() - timedelta(hours=4, minutes=5))
    check = plan.checks.get(moment="+4h")
    address = reverse("care-check", args=[check_times.LINK.token_for(check.pk)])
    data = asked_plans.levels(answers.questions_for(plan, asks="breathing"), breathing="red")

    responses = at_once([partial(Client().post, address, data) for _ in range(WINDOWS)], threads=WINDOWS)

    assert [answer.status_code for answer in responses] == [302] * WINDOWS
    assert SymptomCheck.objects.get().care_check == check
    assert WorkItem.objects.filter(kind="symptom_red").count() == 1
