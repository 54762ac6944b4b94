"""A second physician is asked for by several owners, and allows exactly what they were shown."""

from decimal import Decimal

import pytest

from clinic.errors import MoveNotAllowed
from clinic.models import WorkItem
from procedures import second_person
from procedures.models import Procedure
from procedures.records import signing
from procedures.second_person import SUBJECTS, Need, Subject
from tests import factories
from tests.procedures.dosing.dosed_records import LATER, draft, physician, seen_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def subject():
    """An owner who needs a second physician for each word in the note of a record."""

    def needs(procedure):
        note = Procedure.objects.get(pk=procedure.pk).note
        return [Need("note", f"The note says {word}.", about=(word,)) for word in note.split()]

    yield SUBJECTS.register(Subject("note", needs))
    SUBJECTS.unregister(SUBJECTS.get("note"))


def noted(record, note):
    Procedure.objects.filter(pk=record.pk).update(note=note)
    return Procedure.objects.get(pk=record.pk)


def approve(record, *, by=None):
    return second_person.approve(
        record, by=by or physician(), reason="Small steps over an hour, monitored.", seen=seen_of(record)
    )


def sentences(record, *, by=None):
    return [problem.sentence for problem in second_person.problems(record, by=by)]


def test_each_owners_needs_stop_the_signature_and_one_reason_allows_all_that_was_shown(subject, signed_limits):
    record = noted(draft("20.01"), "penicillin")

    missing = signing.missing(record)
    stopped = sentences(record)
    kept = approve(record)

    assert [sentence in missing for sentence in stopped] == [True, True]
    assert stopped[1] == "The note says penicillin."
    assert [(each.kind, each.sentence) for each in kept] == [("dose", stopped[0]), ("note", stopped[1])]
    assert sentences(record) == []


def test_what_comes_up_later_is_asked_for_and_what_was_allowed_stays_allowed(subject, signed_limits):
    record = noted(draft("10"), "penicillin")
    approve(record)

    more = noted(record, "penicillin lidocaine")

    assert sentences(more) == ["The note says lidocaine."]


def test_what_changed_while_somebody_looked_is_not_allowed_unseen(subject, signed_limits):
    record = noted(draft("10"), "penicillin")
    seen = seen_of(record)
    noted(record, "penicillin lidocaine")

    with pytest.raises(MoveNotAllowed, match="changed since you looked"):
        second_person.approve(record, by=physician(), reason="Small steps over an hour, monitored.", seen=seen)

    assert record.second_approvals.count() == 0


def test_need_about_nothing_in_particular_is_about_its_sentence_and_all_that_is_given(signed_limits):
    record = draft("10")
    need = Need("x", "Wrong side?")

    before = second_person.version_of(record, need)
    other = second_person.version_of(record, Need("x", "Wrong patient?"))
    record.drugs.update(volume_ml=Decimal("10.5"))
    changed = second_person.version_of(record, need)
    record.sites.update(side="right" if record.sites.get().side == "left" else "left")

    assert len({before, other, changed, second_person.version_of(record, need)}) == 4


def test_who_allowed_it_does_not_sign_it(subject, signed_limits):
    record, colleague = noted(draft("10"), "penicillin"), physician()
    approve(record, by=colleague)

    assert sentences(record, by=colleague) == ["The note says penicillin."]
    assert sentences(record, by=factories.user()) == []


def test_task_stays_until_every_need_is_allowed(subject, signed_limits):
    record = noted(draft("20.01"), "penicillin")
    second_person.update_task(record, at=LATER)
    approve(record)
    second_person.update_task(record, at=LATER)
    ended = [item.status for item in WorkItem.objects.all()]
    second_person.update_task(noted(record, "penicillin lidocaine"), at=LATER)

    assert (ended, [item.status for item in WorkItem.objects.all()]) == (["completed"], ["requested"])
