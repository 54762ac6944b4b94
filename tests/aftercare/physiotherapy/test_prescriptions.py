"""Exercises begin no sooner than is safe, each only once at a time, and are ticked once a day."""

from datetime import date

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from aftercare.models import Exercise, ExerciseDone, ExercisePrescription
from aftercare.physiotherapy import exercise_days, prescriptions
from aftercare.physiotherapy.prescriptions import Order
from clinic.errors import MoveNotAllowed
from clinic.people import merging
from clinic.website.readability import MAX_GRADE, grade, plain_enough, sentences
from procedures.models import Muscle
from procedures.records import voiding
from procedures.records.voiding import Said
from tests import factories
from tests.architecture.source import ROOT
from tests.factories import at, civil

pytestmark = pytest.mark.django_db
SIGNED = "2026-03-02 10:30"
LIFT_AGAIN = "2026-03-04 10:30"


@pytest.fixture
def plan():
    return factories.care_plan(signed_at=at(SIGNED))


def order(kind="strength", **fields):
    exercise = factories.exercise(slug={"gentle": "x09", "stretch": "x02", "strength": "x05"}[kind], kind=kind)
    return Order(**{"exercise": exercise, "dose": "10 times", "is_shown": kind != "gentle"} | fields)


def prescribe(plan, wanted, now="2026-03-02 12:00"):
    return prescriptions.prescribe(plan, wanted, by=factories.user(), at=at(now))


@pytest.mark.parametrize(
    ("kind", "now", "starts"),
    [
        ("gentle", "2026-03-02 12:00", "2026-03-02 12:00"),
        ("stretch", "2026-03-02 12:00", LIFT_AGAIN),
        ("strength", "2026-03-02 12:00", LIFT_AGAIN),
        ("strength", "2026-03-04 10:29", LIFT_AGAIN),
        ("strength", "2026-03-04 10:31", "2026-03-04 10:31"),
    ],
)
def test_only_gentle_movement_begins_before_lifting_is_allowed(plan, kind, now, starts):
    assert civil(prescribe(plan, order(kind), now).starts_at) == starts


@pytest.mark.parametrize("kind", ["stretch", "strength"])
def test_day_before_the_window_ends_is_refused_at_its_field(plan, kind):
    with pytest.raises(prescriptions.TooEarly) as refusal:
        prescribe(plan, order(kind, starts_on=date(2026, 3, 3)))

    assert refusal.value.field == "starts_on"
    assert str(refusal.value) == "Not before Wednesday 4 March, 10:30: no heavy lifting until then."
    assert ExercisePrescription.objects.count() == 0


@pytest.mark.parametrize(("day", "starts"), [(date(2026, 3, 4), LIFT_AGAIN), (date(2026, 3, 9), "2026-03-09 00:00")])
def test_day_of_choice_begins_with_the_day_or_when_the_window_ends(plan, day, starts):
    assert civil(prescribe(plan, order(starts_on=day)).starts_at) == starts


@pytest.mark.parametrize(
    ("signed", "starts"),
    [("2026-03-28 10:00", "2026-03-30 11:00"), ("2026-10-24 10:00", "2026-10-26 09:00")],
)
def test_window_is_counted_in_hours_when_the_clock_changes(signed, starts):
    plan = factories.care_plan(signed_at=at(signed), starts_at=at(signed))

    prescription = prescribe(plan, order(), now=signed)

    assert civil(prescription.starts_at) == starts
    with pytest.raises(prescriptions.TooEarly):
        prescribe(plan, order("stretch", starts_on=at(starts).date().replace(day=at(starts).day - 1)), now=signed)


@pytest.mark.parametrize("kind", ["stretch", "strength"])
def test_technique_must_be_shown_for_all_but_gentle_movement(plan, kind):
    with pytest.raises(prescriptions.TechniqueNotShown) as refusal:
        prescribe(plan, order(kind, is_shown=False))

    assert refusal.value.field == "is_shown"
    gentle = prescribe(plan, order("gentle", is_shown=False))
    assert (gentle.technique_shown_at, gentle.technique_shown_by) == (None, None)


def test_shown_technique_says_when_and_by_whom(plan):
    prescription = prescribe(plan, order())

    assert civil(prescription.technique_shown_at) == "2026-03-02 12:00"
    assert prescription.technique_shown_by == prescription.prescribed_by


def test_same_order_twice_is_one_prescription_and_another_dose_is_refused(plan):
    first = prescribe(plan, order())

    assert prescribe(plan, order(), now="2026-03-05 12:00") == first
    with pytest.raises(MoveNotAllowed):
        prescribe(plan, order(dose="20 times"))
    prescriptions.end(first, by=factories.user(), at=at("2026-03-05 12:00"))
    prescriptions.end(first, by=factories.user(), at=at("2026-03-06 12:00"))
    first.refresh_from_db()
    assert civil(first.ended_at) == "2026-03-05 12:00"
    assert prescribe(plan, order(dose="20 times")) != first


def test_what_is_not_offered_or_for_a_void_record_is_refused_and_ends_with_it(plan):
    running = prescribe(plan, order())
    withdrawn = order("gentle")
    Exercise.objects.filter(pk=withdrawn.exercise.pk).update(is_active=False)
    withdrawn.exercise.refresh_from_db()
    with pytest.raises(MoveNotAllowed):
        prescribe(plan, withdrawn)

    asked = voiding.ask(plan.procedure, Said("Wrong patient", "nobody"), by=factories.user(), at=at("2026-03-03 12:00"))
    voiding.agree(asked, by=factories.user(), at=at("2026-03-03 12:00"))

    running.refresh_from_db()
    assert civil(running.ended_at) == "2026-03-03 12:00"
    plan.refresh_from_db()
    with pytest.raises(MoveNotAllowed):
        prescribe(plan, order("stretch"))


def tasks(plan, now):
    return exercise_days.tasks_of(ExercisePrescription.objects.filter(patient=plan.patient), at=at(now))


def test_newer_injection_puts_off_what_was_begun_unless_it_is_gentle(plan):
    strong, gentle = prescribe(plan, order()), prescribe(plan, order("gentle"))
    signed = at("2026-03-10 10:30")
    factories.signed(patient=plan.patient, starts_at=at("2026-03-10 10:00"), signed_at=signed)

    begun = {task.prescription: task.has_begun for task in tasks(plan, "2026-03-11 12:00")}
    assert begun == {strong: False, gentle: True}
    with pytest.raises(prescriptions.NotToday):
        prescriptions.tick(strong, by=factories.user(), at=at("2026-03-11 12:00"))
    assert {task.has_begun for task in tasks(plan, "2026-03-12 10:30")} == {True}


def test_tick_counts_once_a_day_and_only_todays_is_taken_back(plan):
    prescription = prescribe(plan, order())
    patient = factories.user()
    for now in ("2026-03-05 08:00", "2026-03-05 20:00", "2026-03-06 08:00"):
        prescriptions.tick(prescription, by=patient, at=at(now))
    assert [civil(tick.ticked_at) for tick in ExerciseDone.objects.all()] == ["2026-03-05 08:00", "2026-03-06 08:00"]

    prescriptions.untick(prescription, at=at("2026-03-06 23:59"))
    prescriptions.untick(prescription, at=at("2026-03-07 00:01"))

    [task] = tasks(plan, "2026-03-07 09:00")
    assert (task.done_days, task.is_done, [day.most for day in exercise_days.week_of([task])]) == (
        1,
        False,
        [0, 0, 0, 1, 1, 1, 1],
    )


def test_nothing_is_ticked_before_it_begins_or_after_it_ended(plan):
    prescription = prescribe(plan, order())
    with pytest.raises(prescriptions.NotToday):
        prescriptions.tick(prescription, by=factories.user(), at=at("2026-03-04 10:29"))
    prescriptions.end(prescription, by=factories.user(), at=at("2026-03-06 10:00"))

    with pytest.raises(prescriptions.NotToday):
        prescriptions.tick(prescription, by=factories.user(), at=at("2026-03-06 10:01"))

    assert ExerciseDone.objects.count() == 0


# The library


@pytest.fixture
def library():
    call_command("loaddata", "regions", "muscles", "exercises", "further_exercises", verbosity=0)
    return list(Exercise.objects.prefetch_related("muscles"))


def test_library_has_20_exercises_with_pictures_muscles_sources_and_plain_words(library):
    assert [exercise.pk for exercise in library] == [f"x{number:02}" for number in range(1, 21)]
    assert {exercise.pk for exercise in library if exercise.kind == "gentle"} == {"x09", "x18"}
    for exercise in library:
        picture = (ROOT / f"static/img/exercises/{exercise.pk}.svg").read_text()
        assert "prefers-color-scheme:dark" in picture
        assert exercise.muscles.exists()
        assert exercise.source
        assert exercise.not_when
        for text in (exercise.how, exercise.not_when, exercise.picture_words):
            plain_enough(text)
    assert grade([part for exercise in library for part in sentences(exercise.how)]) <= MAX_GRADE


def test_stretches_pull_the_muscles_that_they_are_for(library):
    """The sleeper turns the arm inwards: that slackens subscapularis. The side of the trunk has one of its own."""
    of = {}
    for exercise in library:
        for muscle in exercise.muscles.all():
            of.setdefault(muscle.pk, set()).add(exercise.pk)

    assert (of["subscapularis"], of["latissimus"], of["quadratus_l"]) == ({"x19"}, {"x20"}, {"x20"})


def test_proposals_say_for_which_muscle_and_side(library):
    upper, levator = Muscle.objects.get(pk="trap_upper"), Muscle.objects.get(pk="levator")
    sites = [
        factories.site(muscle=upper, side="right"),
        factories.site(muscle=upper, side="left"),
        factories.site(muscle=levator, side="right"),
    ]

    assert exercise_days.reasons_for(sites, library) == {
        "x02": "top shoulder muscle, right; top shoulder muscle, left",
        "x03": "shoulder-blade lifter, right",
    }


@pytest.mark.parametrize("is_into", [True, False])
def test_exercise_of_two_entries_stands_once_when_they_are_merged_with_the_ticks_of_both(plan, is_into):
    """One of them was ticked in both on one day, and was shown in one only."""
    other = factories.care_plan(starts_at=at("2026-03-02 15:30"), signed_at=at("2026-03-02 16:00"))
    mine, duplicate = (prescribe(each, order("gentle", is_shown=each is other)) for each in (plan, other))
    for prescription, now in (
        (mine, "2026-03-03 12:00"),
        (duplicate, "2026-03-03 13:00"),
        (duplicate, "2026-03-04 12:00"),
    ):
        prescriptions.tick(prescription, by=factories.user(), at=at(now))
    pair = (other.patient, plan.patient) if is_into else (plan.patient, other.patient)

    into = merging.merge(*pair, by=factories.user(), at=at("2026-03-05 12:00"), reason="The same person")

    rows = ExercisePrescription.objects.filter(patient=into)
    assert sorted(row.pk for row in rows) == sorted([mine.pk, duplicate.pk])
    (running,) = rows.running()
    assert {str(tick.on) for tick in running.ticks.all()} == {"2026-03-03", "2026-03-04"}
    assert running.technique_shown_at is not None
    assert ExerciseDone.objects.count() == 3


def test_what_was_prescribed_reads_as_it_was_given(plan):
    given = prescribe(plan, order("gentle"))
    before = [given.exercise.name, given.exercise.how, given.exercise.not_when]

    Exercise.objects.update(name="Something else", how="Jump.", not_when="Never.")

    kept = ExercisePrescription.objects.get(pk=given.pk)
    assert [kept.exercise.name, kept.exercise.how, kept.exercise.not_when] == before
    with pytest.raises(IntegrityError, match="what was prescribed stays"), transaction.atomic():
        ExercisePrescription.objects.update(exercise_how="Jump.")
