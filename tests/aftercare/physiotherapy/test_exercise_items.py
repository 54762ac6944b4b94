"""The physiotherapist hears when nobody ticks an exercise any more, and nobody else does."""

from datetime import timedelta

import pytest

from aftercare.physiotherapy import exercise_items, prescriptions, unticked
from clinic import worklist
from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import Role, WorkItem
from clinic.models.chores import CHORES
from procedures.models import ClinicRule
from procedures.records import voiding
from procedures.records.voiding import Said
from tests import factories
from tests.factories import at

pytestmark = pytest.mark.django_db
SIGNED = "2026-03-02 10:30"
TOO_LONG = "2026-03-05 09:00"  # the 2nd, 3rd and 4th have passed without a tick


@pytest.fixture
def plan():
    return factories.care_plan(signed_at=at(SIGNED))


@pytest.fixture
def ona(plan):
    """Who acts for the patient."""
    return factories.account_of(plan.patient)


@pytest.fixture
def pendulum(plan, ona):
    return factories.prescription(plan)


@pytest.fixture
def physiotherapist():
    return factories.colleague(Role.PHYSIOTHERAPIST).user


def look(now=TOO_LONG):
    CHORES.get("open-unticked-exercises").run(at=at(now))
    return [(item.kind, item.cause, item.status) for item in WorkItem.objects.filter(kind__startswith="exercise")]


def test_after_three_days_without_a_tick_there_is_one_item(pendulum):
    assert look("2026-03-04 23:00") == []
    assert look() == look("2026-03-06 09:00") == [("exercise_unticked", pendulum.pk, "requested")]
    item = WorkItem.objects.get(kind="exercise_unticked")
    assert (item.patient, item.what_to_say, item.due_at) == (pendulum.patient, "Pendulum", at(TOO_LONG))


def test_days_are_counted_from_the_last_tick(pendulum, ona):
    prescriptions.tick(pendulum, by=ona, at=at("2026-03-03 20:00"))

    assert look("2026-03-06 23:00") == []
    assert look("2026-03-07 00:30") == [("exercise_unticked", pendulum.pk, "requested")]


def test_the_clinic_says_how_many_days(pendulum):
    ClinicRule.objects.create(pk="days-without-exercise", name="-", value=5, source="-")

    assert look() == []
    assert look("2026-03-07 09:00") == [("exercise_unticked", pendulum.pk, "requested")]


def test_what_may_not_begin_yet_is_not_missed(plan, ona):
    """Strengthening waits until lifting is allowed again, on the 4th."""
    strength = factories.prescription(plan, exercise=factories.exercise(slug="x05", kind="strength"))

    assert look("2026-03-06 23:00") == []
    assert look("2026-03-07 09:00") == [("exercise_unticked", strength.pk, "requested")]


def test_nobody_is_missed_who_cannot_tick(plan):
    """Nobody acts for this patient here: the exercises are on paper."""
    factories.prescription(plan)

    assert look() == []


def test_ticking_again_settles_it_and_stopping_again_opens_it(pendulum, ona):
    look()

    prescriptions.tick(pendulum, by=ona, at=at(TOO_LONG))

    item = WorkItem.objects.get(kind="exercise_unticked")
    assert (item.status, item.note) == ("cancelled", "ticked again")
    assert look("2026-03-08 09:00") == [("exercise_unticked", pendulum.pk, "cancelled")]
    assert look("2026-03-09 09:00") == [("exercise_unticked", pendulum.pk, "requested")]


def test_once_noted_it_comes_only_after_it_was_ticked_again(pendulum, ona, physiotherapist, time_machine):
    look()
    time_machine.move_to(at(TOO_LONG), tick=False)

    exercise_items.note(pendulum, words=" Goes swimming instead. ", by=physiotherapist)

    item = WorkItem.objects.get(kind="exercise_unticked")
    assert (item.status, item.note, item.ended_by) == ("completed", "Goes swimming instead.", physiotherapist)
    assert look("2026-03-20 09:00") == [("exercise_unticked", pendulum.pk, "completed")]
    prescriptions.tick(pendulum, by=ona, at=at("2026-03-20 20:00"))
    assert look("2026-03-24 09:00") == [("exercise_unticked", pendulum.pk, "requested")]


def test_without_words_nothing_is_noted(pendulum, physiotherapist):
    look()

    with pytest.raises(DomainError) as refusal:
        exercise_items.note(pendulum, words=" ", by=physiotherapist)

    assert refusal.value.field == "note"
    assert look() == [("exercise_unticked", pendulum.pk, "requested")]


def test_it_ends_with_the_exercise(pendulum, physiotherapist):
    look()
    exercise_items.felt_wrong(pendulum, at=at(TOO_LONG))

    prescriptions.end(pendulum, by=physiotherapist, at=at(TOO_LONG))

    assert {status for _kind, _cause, status in look()} == {"cancelled"}


def test_it_ends_with_the_record(plan, pendulum):
    look()
    request = voiding.ask(plan.procedure, Said("Wrong.", "nobody"), by=factories.user(), at=at(TOO_LONG))

    voiding.agree(request, by=factories.user(), at=at(TOO_LONG))

    assert look() == [("exercise_unticked", pendulum.pk, "cancelled")]


def test_old_exercises_are_left_alone(pendulum):
    assert look((at(SIGNED) + unticked.OLDEST + timedelta(days=1)).strftime("%Y-%m-%d %H:%M")) == []


def test_physiotherapists_see_it_and_nobody_else(pendulum, physiotherapist):
    look()
    others = [factories.user(Role.DESK), factories.user(Role.MANAGER), factories.colleague().user]

    def seen(user):
        return list(WorkItem.objects.visible_to(user).filter(kind="exercise_unticked"))

    assert len(seen(physiotherapist)) == 1
    assert [seen(user) for user in others] == [[]] * 3
    assert {item.kind for item in WorkItem.objects.visible_to(physiotherapist)} == {"exercise_unticked"}


def test_the_desk_cannot_end_it(pendulum):
    look()

    with pytest.raises(MoveNotAllowed, match="A physiotherapist has to do this"):
        worklist.complete(WorkItem.objects.get(kind="exercise_unticked"), by=factories.user(Role.DESK), at=at(TOO_LONG))
