"""What patients report in the days after, and that somebody acts on it."""

from datetime import timedelta

import pytest

from aftercare.models import SymptomCheck, SymptomLevel
from aftercare.symptoms import answers, condition, follow_ups
from clinic import worklist
from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import AuditEvent, WorkItem
from clinic.people import merging
from tests import factories
from tests.aftercare.symptoms import asked_plans
from tests.factories import at

pytestmark = pytest.mark.django_db
ANSWERED_AT = at("2026-03-05 18:00")


@pytest.fixture
def plan():
    asked_plans.questions()
    return asked_plans.plan()


def tell(plan, *, moment="+3d", when=ANSWERED_AT, own_words="", **worse):
    care_check = asked_plans.check(plan, moment) if moment else None
    levels = asked_plans.levels(answers.questions_for(plan), **worse)
    return answers.submit(plan, answers.Told(levels, own_words, care_check), at=when)


def items():
    rows = WorkItem.objects.filter(kind__startswith="symptom").order_by("pk")
    return [(row.kind, row.status) for row in rows]


@pytest.mark.parametrize(
    ("worse", "own_words", "outcome", "opened"),
    [
        ({}, "", "green", []),
        ({"bruise": "amber"}, "", "amber", [("symptom_amber", "requested")]),
        ({"bruise": "amber", "allergy": "red", "nerve": "amber"}, "", "red", [("symptom_red", "requested")]),
        ({}, "I cannot sleep", "amber", [("symptom_amber", "requested")]),
        ({"allergy": "red"}, "Help", "red", [("symptom_red", "requested")]),
    ],
)
def test_worst_answer_wins_and_opens_its_work_item(plan, worse, own_words, outcome, opened):
    check = tell(plan, own_words=own_words, **worse)

    assert (check.outcome, check.own_words, check.patient, check.answered_by) == (
        outcome,
        own_words,
        plan.patient,
        None,
    )
    assert {answer.question_id: answer.level for answer in check.answers.all() if answer.level != "green"} == worse
    assert check.answers.count() == 7
    assert items() == opened
    assert AuditEvent.objects.filter(patient=plan.patient, what="symptom answers").count() == 1


def test_work_item_is_due_at_once_and_tells_the_desk_which_symptoms_and_no_words_of_the_patient(plan):
    check = tell(plan, own_words="Between us", infection="amber", allergy="red")

    item = follow_ups.item_of(check).get()
    assert (item.patient, item.appointment, item.due_at) == (plan.patient, plan.procedure.appointment, ANSWERED_AT)
    assert item.what_to_say == (
        "Red: allergic reaction, infection, own words. Was told to get help now."
        " Call: has help come? Tell a physician at once."
    )


def test_same_answer_twice_is_one(plan):
    first = tell(plan, bruise="amber", own_words="A lump")

    assert tell(plan, bruise="amber", own_words="A lump ", when=ANSWERED_AT + timedelta(hours=1)) == first
    assert (SymptomCheck.objects.count(), items()) == (1, [("symptom_amber", "requested")])


def test_every_other_answer_by_the_same_link_is_a_report_of_its_own(plan):
    """Nobody who tells us more is turned away, and what is better ends nothing."""
    first = tell(plan, bruise="amber")

    later = [tell(plan), tell(plan, nerve="amber"), tell(plan, allergy="red"), tell(plan, faint="red")]
    again = [tell(plan), tell(plan, nerve="amber"), tell(plan, allergy="red"), tell(plan, faint="red")]

    assert again == later
    assert [check.care_check for check in (first, *later)] == [asked_plans.check(plan), *[None] * 4]
    assert answers.worst_answer_to(asked_plans.check(plan)) == later[-1]
    assert items() == [(f"symptom_{level}", "requested") for level in ("amber", "amber", "red", "red")]


def test_same_answer_after_the_first_was_followed_up_is_told_anew(plan):
    first = tell(plan, allergy="red")
    follow_ups.follow_up(first, by=factories.user("physician"), note="Is well again.", at=ANSWERED_AT)

    again = [tell(plan, allergy="red", when=ANSWERED_AT + timedelta(hours=1)) for _twice in range(2)]

    assert again[0] == again[1] != first
    assert items() == [("symptom_red", "completed"), ("symptom_red", "requested")]


def part(plan, *, own_words="", adds_to=None, token=None, **levels):
    return answers.submit(plan, answers.Told(levels, own_words, None, token, adds_to), at=ANSWERED_AT)


@pytest.mark.parametrize(
    ("levels", "own_words", "outcome"),
    [
        ({"allergy": "red"}, "", "red"),
        ({"bruise": "amber"}, "", "amber"),
        ({}, "My arm feels odd", "amber"),
        ({"faint": "green", "bleeding": "red"}, "Help", "red"),
    ],
)
def test_one_answer_is_enough_and_what_is_missing_is_kept_as_not_answered(plan, levels, own_words, outcome):
    check = part(plan, own_words=own_words, **levels)

    assert (check.outcome, items()) == (outcome, [(f"symptom_{outcome}", "requested")])
    assert {row.question_id: row.level for row in check.answers.all() if row.level} == levels
    assert check.answers.count() == 7
    assert {row.words for row in check.answers.filter(level="")} == {""}
    assert len(answers.missing_from(check)) == 7 - len(levels)


@pytest.mark.parametrize("levels", [{}, {"allergy": ""}])
def test_nothing_told_is_answered_by_a_sentence(plan, levels):
    with pytest.raises(DomainError, match="Choose one answer at least"):
        part(plan, own_words=" ", **levels)

    assert (SymptomCheck.objects.count(), items()) == (0, [])


def test_all_is_well_only_when_all_is_told(plan):
    with pytest.raises(DomainError, match="Answer every question"):
        part(plan, allergy="green", faint="green")

    assert SymptomCheck.objects.count() == 0


def test_what_is_missing_is_added_once_and_changes_nothing_that_was_told(plan):
    first = part(plan, allergy="red")
    before = list(first.answers.values_list("question", "level", "words"))

    added = [part(plan, adds_to=first, token="p", faint="green", nerve="amber", allergy="green") for _twice in "ab"]
    last = part(plan, adds_to=first, token="q", bruise="green")

    assert added[0] == added[1]
    assert list(first.answers.values_list("question", "level", "words")) == before
    assert dict(added[0].answers.values_list("question", "level")) == {"faint": "green", "nerve": "amber"}
    assert (first.outcome, added[0].outcome, last.outcome) == ("red", "amber", "green")
    assert {question.pk for question in answers.missing_from(first)} == {"bleeding", "hematoma", "infection"}
    assert items() == [("symptom_red", "requested"), ("symptom_amber", "requested")]


def test_another_answer_from_the_same_page_is_not_taken_for_the_first(plan):
    """By the browser's way back: the page is the same, what is said is not."""
    first, again = part(plan, token="page", bruise="amber"), part(plan, token="page", bruise="amber")

    worse = part(plan, token="page", bruise="amber", allergy="red")

    assert first == again != worse
    assert items() == [("symptom_amber", "requested"), ("symptom_red", "requested")]


def test_told_without_being_asked_answers_an_open_question_along_and_once_for_each_page(plan):
    levels = asked_plans.levels(answers.questions_for(plan))

    first = answers.submit(plan, answers.Told(levels, request_token="page"), at=ANSWERED_AT)
    again = answers.submit(plan, answers.Told(levels, request_token="page"), at=ANSWERED_AT)
    second = answers.submit(plan, answers.Told(levels, request_token="other"), at=ANSWERED_AT)

    assert (first, first.care_check, second.care_check) == (again, asked_plans.check(plan), None)
    assert second != first


def test_lung_is_asked_about_first_after_a_needle_near_it_and_else_not_at_all(plan):
    near = asked_plans.plan(near_lung=True)

    assert "breathing" not in {question.pk for question in answers.questions_for(plan)}
    assert answers.questions_for(near)[0].pk == "breathing"
    assert [question.pk for question in answers.questions_for(near, asks="breathing")] == ["breathing"]


@pytest.mark.parametrize("level", ["amber", "purple"])
def test_answer_that_the_question_does_not_have_is_refused(plan, level):
    """The question "bruise" has no amber answer once the manager has removed its sentence."""
    question = answers.questions_for(plan)[3]
    question.amber_words, question.red_words = "", "It is huge."
    question.save()

    with pytest.raises(DomainError, match="Choose an answer of this question"):
        tell(plan, **{question.pk: level})

    assert (SymptomCheck.objects.count(), items()) == (0, [])


def test_voided_record_takes_no_answer_but_hears_who_is_unwell(plan):
    asked_plans.void(plan, when=at("2026-03-03 09:00"))

    with pytest.raises(MoveNotAllowed, match="of no use any more"):
        tell(plan)
    part(plan, allergy="red")

    assert items() == [("symptom_red", "requested")]


def test_red_stays_to_be_followed_up_when_the_entries_are_merged(plan):
    check = tell(plan, allergy="red")
    into = factories.patient()

    merging.merge(plan.patient, into, by=factories.user(), at=ANSWERED_AT, reason="one person")

    assert condition.of_patient(into, at=ANSWERED_AT).open == (check,)


def test_physician_follows_up_once_and_the_work_item_is_done_with_it(plan):
    check, doctor = tell(plan, allergy="red"), factories.user("physician")
    later = ANSWERED_AT + timedelta(minutes=5)

    with pytest.raises(DomainError, match="what was said and done"):
        follow_ups.follow_up(check, by=doctor, note=" \u200b", at=later)
    follow_ups.follow_up(check, by=doctor, note="Is at the hospital.", at=later)
    with pytest.raises(MoveNotAllowed, match="followed this up already"):
        follow_ups.follow_up(check, by=factories.user("physician"), note="Me too", at=later)

    check.refresh_from_db()
    assert (check.followed_up_by, check.follow_up_note, check.needs_follow_up) == (doctor, "Is at the hospital.", False)
    assert items() == [("symptom_red", "completed")]
    assert condition.of_patient(plan.patient, at=later).open == ()


def test_one_note_settles_what_the_physician_saw_and_nothing_that_came_since(plan):
    amber, red = tell(plan, infection="amber"), tell(plan, allergy="red")
    unseen = tell(plan, faint="red")
    other = factories.patient()

    follow_ups.follow_up(red, by=factories.user("physician"), note="Talked.", at=ANSWERED_AT, also=[amber.pk, 10**9])

    assert condition.of_patient(plan.patient, at=ANSWERED_AT).open == (unseen,)
    assert items() == [("symptom_amber", "completed"), ("symptom_red", "completed"), ("symptom_red", "requested")]
    assert condition.of_patient(other, at=ANSWERED_AT).level == "well"


def test_work_item_says_what_was_told_later(plan):
    red = tell(plan, allergy="red")
    tell(plan, when=ANSWERED_AT + timedelta(minutes=30))

    sentence = follow_ups.item_of(red).get().what_to_say
    assert sentence == (
        "Red: allergic reaction. Was told to get help now. Call: has help come? Tell a physician at once."
        " Told later, Thursday, 18:30: nothing to worry about."
    )
    assert items() == [("symptom_red", "requested")]


def test_desk_needs_a_note_and_follows_up_with_it(plan):
    check, desk = tell(plan, infection="amber"), factories.user("desk")
    item = follow_ups.item_of(check).get()

    with pytest.raises(DomainError, match="Write what was said"):
        worklist.complete(item, by=desk, note=" ", at=ANSWERED_AT)
    assert items() == [("symptom_amber", "requested")]
    worklist.complete(item, by=desk, note="Comes at nine.", at=ANSWERED_AT)

    check.refresh_from_db()
    assert (check.followed_up_by, check.follow_up_note) == (desk, "Comes at nine.")
    assert items() == [("symptom_amber", "completed")]


def test_urgent_call_is_not_put_off(plan):
    item = follow_ups.item_of(tell(plan, allergy="red")).get()

    with pytest.raises(MoveNotAllowed, match="cannot wait"):
        worklist.postpone(item, until=ANSWERED_AT + timedelta(days=1))


def test_levels_are_ordered_by_gravity():
    assert sorted(SymptomLevel, key=answers.SEVERITY.__getitem__) == ["green", "amber", "red"]
