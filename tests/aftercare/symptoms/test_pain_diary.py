"""The pain diary: one number a day in one tap, recorded once, and what has changed since before the injection."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, timedelta

import pytest
from django.db import connection

from aftercare.models import Asks, CareCheck, PainDiaryEntry
from aftercare.outcomes import pain_charts, timeline
from aftercare.outcomes.pain_charts import PainPoint
from aftercare.symptoms import pain_diary
from clinic.errors import DomainError, MoveNotAllowed, PatientMerged
from clinic.people import merging
from procedures.models import Procedure
from procedures.records import voiding
from procedures.records.voiding import Said
from tests import factories

pytestmark = pytest.mark.django_db
NOON = factories.at("2026-03-02 12:00").astimezone(UTC)
LATER = NOON + timedelta(days=3)


@pytest.fixture
def plan():
    return factories.care_plan(signed_at=NOON, pain=(7, 3))


def question(plan, asks=Asks.HOW_ARE_YOU, *, due_at=LATER - timedelta(hours=1)):
    return CareCheck.objects.create(
        care_plan=plan, asks=asks, moment="+3d", due_at=due_at, open_until=due_at + timedelta(days=2)
    )


def told(plan):
    return list(plan.pain_entries.values_list("score", flat=True))


@pytest.mark.parametrize("score", [0, 10])
def test_pain_is_saved_with_hour_and_person(plan, score):
    person = factories.user()

    entry = pain_diary.add_entry(plan, score=score, at=LATER, by=person)

    entry.refresh_from_db()
    assert (entry.score, entry.told_at, entry.told_by, entry.patient) == (score, LATER, person, plan.patient)


@pytest.mark.parametrize("score", [-1, 11, None, "4"])
def test_what_is_no_number_from_0_to_10_is_refused(plan, score):
    with pytest.raises(DomainError, match="from 0 to 10"):
        pain_diary.add_entry(plan, score=score, at=LATER)

    assert told(plan) == []


def test_the_same_tap_twice_is_one_entry_and_another_number_another(plan):
    entries = [pain_diary.add_entry(plan, score=score, at=LATER, request_token="page-1") for score in (4, 4, 5)]

    assert [entry.pk for entry in entries][:2] == [entries[0].pk] * 2
    assert told(plan) == [4, 5]


def test_open_question_about_pain_is_answered_along_and_one_about_breath_is_not(plan):
    breath, pain = question(plan, Asks.BREATHING), question(plan)

    entries = [pain_diary.add_entry(plan, score=4, at=LATER), pain_diary.add_entry(plan, score=3, at=LATER)]

    assert [entry.care_check for entry in entries] == [pain, None]
    assert not hasattr(breath, "pain_entry")


def test_question_takes_one_answer(plan):
    asked = question(plan)
    entry = pain_diary.answer_check(asked, score=4, at=LATER)

    again = pain_diary.answer_check(asked, score=4, at=LATER + timedelta(minutes=5))
    with pytest.raises(MoveNotAllowed, match="told us a number here already"):
        pain_diary.answer_check(asked, score=2, at=LATER)

    assert (again, told(plan)) == (entry, [4])


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (NOON - timedelta(seconds=1), False),
        (NOON, True),
        (NOON + timedelta(weeks=8, seconds=-1), True),
        (NOON + timedelta(weeks=8), False),
    ],
)
def test_diary_is_open_from_the_treatment_for_eight_weeks(plan, at, is_open):
    try:
        pain_diary.add_entry(plan, score=4, at=at)
    except MoveNotAllowed:
        assert not is_open

    assert told(plan) == [4] * is_open


def test_diary_of_a_voided_record_is_closed_also_for_who_looked_before(plan):
    record = Procedure.objects.get(pk=plan.procedure_id)  # the old object would still say that it is signed
    request = voiding.ask(record, Said("Wrong patient", "nobody"), by=factories.user(), at=NOON)
    voiding.agree(request, by=factories.user(), at=NOON)

    with pytest.raises(MoveNotAllowed, match="diary is closed"):
        pain_diary.add_entry(plan, score=4, at=LATER)

    assert told(plan) == []


def test_pain_of_a_patient_who_was_merged_into_another_is_told_on_the_newer_page(plan):
    into = factories.patient()
    merging.merge(plan.patient, into, by=factories.user(), at=LATER, reason="The same person")

    with pytest.raises(PatientMerged):
        pain_diary.add_entry(plan, score=4, at=LATER)


@pytest.mark.django_db(transaction=True)
def test_many_taps_at_the_same_moment_answer_a_question_once():
    plan = factories.care_plan(signed_at=NOON)
    asked = question(plan)

    def tap(score):
        try:
            return pain_diary.answer_check(asked, score=score, at=LATER).score
        except MoveNotAllowed:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(tap, [2, 5, 2, 5]))

    (saved,) = told(plan)
    assert sorted(map(str, outcomes)) == sorted([str(saved), str(saved), "refused", "refused"])


NOTICED, LESS, SAME, MORE = ["is_noticed", "is_less"], ["is_less"], ["is_same"], ["is_more"]


@pytest.mark.parametrize(
    ("before", "now", "what_holds"),
    [
        *((0, 0, SAME), (0, 1, MORE)),
        *((1, 0, NOTICED), (1, 1, SAME), (1, 2, MORE)),
        *((3, 2, NOTICED), (3, 3, SAME)),
        *((6, 5, LESS), (6, 4, NOTICED)),
        *((7, 6, LESS), (7, 5, NOTICED), (7, 8, MORE)),
        *((10, 9, LESS), (10, 8, NOTICED), (10, 10, SAME), (10, 0, NOTICED)),
        (None, 4, []),
    ],
)
def test_change_is_noticed_from_two_points_or_a_third_on(before, now, what_holds):
    change = pain_diary.Change(before, now)

    all_that_hold = [name for name in ("is_noticed", "is_less", "is_same", "is_more") if getattr(change, name)]
    assert all_that_hold == what_holds


@pytest.mark.parametrize(
    ("before", "top"),
    [(1, pain_charts.y_of(0.67)), (3, pain_charts.y_of(2.01)), (6, pain_charts.y_of(4.02)), (10, pain_charts.y_of(8))],
)
def test_band_begins_where_the_change_is_noticed(before, top):
    (band,) = pain_charts.pain_chart([PainPoint(date(2026, 3, 2), before, 1), PainPoint(date(2026, 3, 4), told=1)])[
        "bands"
    ]

    assert (band["y"], band["y"] + band["height"]) == (top, pain_charts.BOTTOM)
    assert band["x"] + band["width"] == pain_charts.RIGHT


def test_no_band_without_pain_before_and_each_injection_has_its_own():
    days = [date(2026, 3, 2), date(2026, 3, 9)]
    none = pain_charts.pain_chart([PainPoint(days[0], 0, 0), PainPoint(days[1], told=1)])
    two = pain_charts.pain_chart([PainPoint(days[0], 8, 4), PainPoint(days[1], 3, 1)])

    assert none["bands"] == []
    first, second = two["bands"]
    assert (first["x"] + first["width"], first["y"]) == (second["x"], pain_charts.y_of(6))


def test_chart_shows_the_last_number_of_each_day_of_the_clinic(plan):
    for moment, score in (("03-03 09:00", 6), ("03-03 20:00", 4), ("03-04 00:30", 2)):
        pain_diary.add_entry(plan, score=score, at=factories.at(f"2026-{moment}"))

    assert timeline.pain_points_of(plan) == [
        PainPoint(date(2026, 3, 2), 7, 3),
        PainPoint(date(2026, 3, 3), told=4),
        PainPoint(date(2026, 3, 4), told=2),
    ]
    assert PainDiaryEntry.objects.count() == 3
