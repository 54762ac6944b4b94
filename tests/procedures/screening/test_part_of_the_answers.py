"""Safety answers of which some are missing: what is amber is kept and looked at, and nobody is injected by them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from procedures.models import Screening, ScreeningOutcome
from procedures.screening import safety_questions
from procedures.screening.safety_questions import GivenAnswer
from tests import factories
from tests.procedures.screening.given_answers import answer
from tests.procedures.screening.test_safety_questions import alert, open_items
from tests.procedures.screening.test_screening_pages import injection, typed
from tests.web import text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("questions")]
NOW = factories.NOW


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)


def test_amber_answer_that_is_taken_back_is_looked_at_all_the_same():
    """Until a physician has reviewed it; then a "no" is a "no"."""
    patient, doctor = factories.patient(), factories.user()
    answer(patient, other_allergy=GivenAnswer("yes", "latex"))

    taken_back = [answer(patient, at=NOW + timedelta(hours=hours)) for hours in (1, 2)]

    for given in taken_back:
        row = given.answers.get(question="other-allergy")
        assert (given.outcome, row.answer, row.detail, row.is_amber) == ("amber", "no", "Before: Yes. latex", True)
    assert len(open_items()) == 1
    safety_questions.review(taken_back[-1], by=doctor, note="It was nickel.", at=NOW + timedelta(hours=3))
    assert answer(patient, at=NOW + timedelta(hours=4)).outcome == ScreeningOutcome.GREEN


def test_one_amber_answer_is_kept_and_looked_at_and_counts_for_no_injection():
    patient = factories.patient()
    part = {"numbing-allergy": GivenAnswer("no"), "diabetes": GivenAnswer("yes", "tablets")}

    sent = [safety_questions.answer(patient, part, by=factories.user(), at=NOW) for _twice in range(2)]

    assert sent[0] == sent[1] == Screening.objects.get()
    assert (sent[0].is_complete, sent[0].outcome, sent[0].answers.count()) == (False, "amber", 2)
    assert len(open_items()) == 1
    assert (alert(patient, "diabetes").is_present, alert(patient, "allergy").asked_at) == (True, None)
    assert safety_questions.current(patient, at=NOW) is None
    whole = answer(patient, at=NOW + timedelta(hours=1), diabetes=GivenAnswer("yes", "tablets"))
    assert safety_questions.current(patient, at=NOW + timedelta(hours=1)) == whole
    assert [each.cause for each in open_items()] == [whole.pk]


def test_amber_that_nobody_has_looked_at_is_not_lost_under_a_part_of_newer_answers():
    patient = factories.patient()
    answer(patient, other_allergy=GivenAnswer("yes", "latex"))

    part = {"diabetes": GivenAnswer("yes")}
    later = NOW + timedelta(hours=1)
    sent = [safety_questions.answer(patient, part, by=factories.user(), at=later) for _twice in range(2)]

    assert sent[0] == sent[1]
    assert dict(sent[0].answers.values_list("question", "detail")) == {"diabetes": "", "other-allergy": "latex"}
    assert len(open_items()) == 1


def test_record_is_not_signed_while_a_newer_amber_answer_waits():
    """Although the older answers are complete and hold."""
    record = factories.draft(factories.arrived(starts_at=NOW), is_screened=False)
    answer(record.patient, at=NOW - timedelta(hours=2))
    assert [each for each in safety_questions.problems(record) if "amber" in str(each.sentence)] == []

    part = {"diabetes": GivenAnswer("yes")}
    safety_questions.answer(record.patient, part, by=factories.user(), at=NOW - timedelta(hours=1))

    assert [each for each in safety_questions.problems(record) if "amber" in str(each.sentence)] != []


def test_physician_sees_what_was_not_answered_as_not_answered(client, me):
    visit = injection(me)
    client.post(reverse("my-screening", args=[me.pk]), {"diabetes-answer": "yes"})
    client.force_login(factories.colleague().user)

    page = text(client.get(reverse("practice-screening", args=[me.pk])))

    assert page.count("not answered") == 16
    assert "not all answered" in text(client.get(reverse("practice-visit", args=[visit.pk])))


def test_all_fine_with_one_missing_is_asked_for_and_not_kept(client, me):
    sent = typed()
    del sent["driver-answer"]

    response = client.post(reverse("my-screening", args=[me.pk]), sent)

    assert (response.status_code, Screening.objects.count()) == (200, 0)
