"""The safety questions: what is saved, who reviews it, what it means for a record."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from clinic.errors import DomainError, MoveNotAllowed, PatientMerged
from clinic.models import AlertKind, BodyMeasurement, WorkItem, WorkItemStatus
from clinic.people import merging
from procedures.models import Screening, ScreeningAnswer, ScreeningOutcome, ScreeningQuestion
from procedures.screening import safety_questions
from procedures.screening.alerts import alerts_of
from procedures.screening.safety_questions import GivenAnswer
from tests import factories
from tests.procedures.screening.given_answers import all_fine, answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("questions")]
NOW = factories.NOW
KINDS = list(AlertKind.values)
FIXTURES = [Path(f"procedures/fixtures/{name}.json") for name in ("screening_questions", "illness_questions")]
ASKED = [row for path in FIXTURES for row in json.loads(path.read_text()) if row["fields"]["is_active"]]


def alert(patient, kind, *, at=NOW):
    return next(each for each in alerts_of(patient, at=at) if each.kind == kind)


def open_items():
    return list(WorkItem.objects.for_physicians().requested())


def test_there_are_17_questions_and_every_danger_is_asked_about():
    assert ScreeningQuestion.objects.asked().count() == 17
    assert set(ScreeningQuestion.objects.exclude(alert_kind="").values_list("alert_kind", flat=True)) == set(KINDS)
    assert not ScreeningQuestion.objects.filter(source="").exists()


def test_green_answers_are_good_for_30_days_and_nobody_has_to_look():
    patient = factories.patient()

    given = answer(patient)

    assert given.outcome == ScreeningOutcome.GREEN
    assert ScreeningAnswer.objects.filter(screening=given, is_amber=False).count() == 17
    assert [each.state for each in alerts_of(patient, at=NOW)] == ["absent"] * 12
    assert open_items() == []
    assert safety_questions.current(patient, at=NOW + timedelta(days=29, hours=23)) == given
    assert safety_questions.current(patient, at=NOW + timedelta(days=30)) is None


@pytest.mark.parametrize("question", ASKED, ids=lambda question: question["pk"])
@pytest.mark.parametrize("kind", ["amber", "unknown"])
def test_each_amber_or_unknown_answer_opens_one_work_item_and_refuses_nothing(question, kind):
    fields, patient = question["fields"], factories.patient()
    visit = factories.arrived(patient=patient)
    kind = fields["amber_answer"] if kind == "amber" else "unknown"

    given = answer(patient, **{question["pk"]: GivenAnswer(kind, "more")})

    (item,) = open_items()
    assert given.needs_review
    assert (item.patient, item.cause) == (patient, given.pk)
    assert "more" not in item.what_to_say
    visit.refresh_from_db()
    assert visit.status == "arrived"
    if fields["alert_kind"]:
        found = alert(patient, fields["alert_kind"])
        assert (found.is_present, found.is_unknown) == (kind == "yes", kind == "unknown")


def test_every_question_must_be_answered():
    patient, answers = factories.patient(), all_fine()
    del answers["driver"]

    with pytest.raises(DomainError):
        safety_questions.answer(patient, answers, by=factories.user(), at=NOW)

    assert not Screening.objects.exists()


def test_of_two_questions_about_one_danger_the_gravest_answer_counts():
    patient = factories.patient()

    answer(patient, numbing_allergy=GivenAnswer("unknown"), other_allergy=GivenAnswer("yes", "latex"))

    assert (alert(patient, "allergy").state, alert(patient, "allergy").detail) == ("present", "latex")


def test_the_last_word_counts_and_unknown_is_never_no():
    patient = factories.patient()
    assert all(each.is_unknown and each.asked_at is None for each in alerts_of(patient, at=NOW))

    answer(patient, diabetes=GivenAnswer("yes"))
    answer(patient, at=NOW + timedelta(days=1), diabetes=GivenAnswer("unknown"))

    found = alert(patient, "diabetes", at=NOW + timedelta(days=1))
    assert (found.state, found.is_unknown, found.is_present) == ("unknown", True, False)


def test_old_answers_say_how_old_they_are_and_an_old_no_is_unknown():
    patient = factories.patient()
    answer(patient, fainting=GivenAnswer("yes"))

    later = NOW + timedelta(days=45)

    fainting = alert(patient, "fainting", at=later)
    assert (fainting.is_present, fainting.days_ago) == (True, 45)
    assert alert(patient, "allergy", at=later).is_unknown
    assert not alert(patient, "allergy", at=NOW + timedelta(days=30)).is_unknown


def test_newer_answers_end_the_work_item_of_older_ones():
    patient = factories.patient()
    answer(patient, heart=GivenAnswer("yes"))
    answer(patient, at=NOW + timedelta(hours=1), bleeding=GivenAnswer("yes"))
    (item,) = open_items()

    newest = answer(patient, at=NOW + timedelta(hours=2), heart=GivenAnswer("yes"))

    assert [each.cause for each in open_items()] == [newest.pk]
    item.refresh_from_db()
    assert item.status == WorkItemStatus.CANCELLED


def test_a_review_says_who_decided_what_and_completes_the_work_item():
    patient, physician = factories.patient(), factories.user("physician")
    given = answer(patient, heart=GivenAnswer("yes"))

    with pytest.raises(DomainError):
        safety_questions.review(given, by=physician, note=" \u200b", at=NOW)
    safety_questions.review(given, by=physician, note="Stable.", at=NOW)

    given.refresh_from_db()
    assert (given.reviewed_by, given.review_note, given.needs_review) == (physician, "Stable.", False)
    assert WorkItem.objects.get().status == WorkItemStatus.COMPLETED
    with pytest.raises(MoveNotAllowed):
        safety_questions.review(given, by=factories.user(), note="Again.", at=NOW)


def test_old_answers_are_not_reviewed_once_newer_ones_are_there():
    patient = factories.patient()
    old = answer(patient, heart=GivenAnswer("yes"))
    answer(patient, at=NOW + timedelta(hours=1), driver=GivenAnswer("no"))

    with pytest.raises(MoveNotAllowed):
        safety_questions.review(old, by=factories.user(), note="Fine.", at=NOW + timedelta(hours=2))

    assert len(open_items()) == 1


def test_the_desk_cannot_do_a_physicians_work():
    answer(factories.patient(), heart=GivenAnswer("yes"))
    (item,) = open_items()

    with pytest.raises(MoveNotAllowed):
        item.complete_at_desk(by=factories.user("desk"))

    item.put_off(until=NOW + timedelta(days=1), note="called")
    assert open_items() == [item]


def test_weight_and_height_become_a_measurement():
    patient = factories.patient()
    measured = BodyMeasurement(weight_kg=72, height_cm=None)

    safety_questions.answer(patient, all_fine(), by=factories.user(), at=NOW, measured=measured)

    measured = patient.measurements.get()
    assert (measured.weight_kg, measured.measured_on.isoformat()) == (72, "2026-03-02")


def test_merging_keeps_answers_warnings_and_work():
    duplicate, into = factories.patient(), factories.patient()
    given = answer(duplicate, blood_thinner=GivenAnswer("yes", "warfarin"))

    merging.merge(duplicate, into, by=factories.user("desk"), at=NOW, reason="the same person")

    assert safety_questions.current(into, at=NOW) == given
    assert alert(into, "blood-thinner").detail == "warfarin"
    assert [item.patient for item in open_items()] == [into]
    with pytest.raises(PatientMerged):
        answer(duplicate)


FORBIDDEN = re.compile(
    r"\b(stop|pause|skip|quit|leave out|hold back|discontinue|do not take|don't take|interrupt)\b[^.?!]*"
    r"\b(medicine|medicines|tablet|tablets|drug|drugs|thinner|thinners|aspirin|warfarin)\b",
    re.IGNORECASE,
)


def test_no_text_tells_a_patient_to_stop_a_medicine():
    templates = [*Path("templates").rglob("*.html"), *Path("templates").rglob("*.txt")]
    places = [*templates, *Path(".").glob("*/fixtures/*.json")]
    texts = {path: path.read_text() for path in places}
    questions = texts[Path("procedures/fixtures/screening_questions.json")]

    assert [f"{path}: {found.group()}" for path, text in texts.items() if (found := FORBIDDEN.search(text))] == []
    assert "Only your doctor changes your medicines." in questions
    assert FORBIDDEN.search("Please stop taking your blood thinner.")
