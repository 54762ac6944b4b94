"""A dose over the limit waits for a second physician."""

from decimal import Decimal

import pytest

from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import WorkItem
from procedures import second_person
from procedures.errors import RecordSigned
from procedures.models import Procedure
from tests import factories
from tests.procedures.dosing.dosed_records import LATER, draft, moved, physician, problems, seen_of, signed

pytestmark = pytest.mark.django_db


# A second person


def test_dose_over_the_limit_waits_for_a_second_physician(signed_limits):
    record = draft("20.01")
    colleague = physician()

    before = problems(record)
    second_person.approve(record, by=colleague, reason="Third hour of a long surgery.", seen=seen_of(record))

    assert before == [("", "The dose is 1.001 times the limit. Give less, or ask a second physician for a reason.")]
    assert problems(record, by=physician()) == []
    approval = record.second_approvals.get()
    assert (approval.kind, approval.by, approval.share) == ("dose", colleague, Decimal("1.001"))
    assert (approval.sentence, approval.reason) == (before[0][1], "Third hour of a long surgery.")


def test_who_signs_cannot_be_their_own_second_person(signed_limits):
    record, colleague = draft("20.01"), physician()
    second_person.approve(record, by=colleague, reason="Small steps over an hour, monitored.", seen=seen_of(record))

    assert [field for field, _sentence in problems(record, by=colleague)] == [""]


def test_author_cannot_approve(signed_limits):
    record, author = draft("20.01"), physician()
    record.performed_by.user = author
    record.performed_by.save()

    with pytest.raises(MoveNotAllowed, match="You did this procedure yourself"):
        second_person.approve(record, by=author, reason="Small steps over an hour, monitored.", seen=seen_of(record))

    assert record.second_approvals.count() == 0


def test_approval_is_for_exactly_the_dose_that_was_seen(signed_limits):
    record = draft("20.01")
    seen = seen_of(record)
    record.drugs.update(volume_ml=Decimal("30"))

    with pytest.raises(MoveNotAllowed, match="changed since you looked"):
        second_person.approve(record, by=physician(), reason="Small steps over an hour, monitored.", seen=seen)

    assert record.second_approvals.count() == 0


@pytest.mark.parametrize("change", [{"weight_kg": Decimal(30)}, {"dose_cut_percent": 10}])
def test_approval_ends_when_weight_or_cut_changes(signed_limits, change):
    record = draft("20.01")
    second_person.approve(record, by=physician(), reason="Small steps over an hour, monitored.", seen=seen_of(record))

    Procedure.objects.filter(pk=record.pk).update(**change)

    assert [field for field, _sentence in problems(Procedure.objects.get(pk=record.pk))] == [""]


def test_approval_ends_when_another_dose_is_added_elsewhere(signed_limits):
    patient = factories.patient()
    record = draft("20.01", patient=patient)
    moved(record, hours=-1)
    second_person.approve(record, by=physician(), reason="Small steps over an hour, monitored.", seen=seen_of(record))

    draft("1", patient=patient)

    assert [field for field, _sentence in problems(record)] == [""]


@pytest.mark.parametrize("reason", ["", "  ", "\u200b", "ok", "Reason.", "Agreed, go ahead"])
def test_approval_says_why(signed_limits, reason):
    record = draft("20.01")

    with pytest.raises(DomainError) as refused:
        second_person.approve(record, by=physician(), reason=reason, seen=seen_of(record))

    assert (refused.value.field, record.second_approvals.count()) == ("reason", 0)


def test_approval_is_refused_within_the_limits_for_another_patient_and_once_signed(signed_limits):
    fine, over = draft("10"), draft("20.01")
    other = factories.patient()

    with pytest.raises(MoveNotAllowed, match="within the limits"):
        second_person.approve(fine, by=physician(), reason="Small steps over an hour, monitored.", seen=seen_of(fine))
    with pytest.raises(MoveNotAllowed, match="another patient"):
        second_person.approve(
            over, by=physician(), reason="Small steps over an hour, monitored.", seen=seen_of(over), patient=other.pk
        )
    seen = seen_of(over)
    with pytest.raises(RecordSigned):
        second_person.approve(signed(over), by=physician(), reason="Small steps over an hour, monitored.", seen=seen)


def test_task_for_a_second_physician_opens_ends_and_opens_again(signed_limits):
    record = draft("20.01")

    def states():
        return [(item.status, item.kind) for item in WorkItem.objects.all()]

    second_person.update_task(record, at=LATER)
    second_person.update_task(record, at=LATER)
    opened = states()
    record.drugs.update(volume_ml=Decimal("10"))
    second_person.update_task(record, at=LATER)
    fallen = states()
    record.drugs.update(volume_ml=Decimal("30"))
    second_person.update_task(record, at=LATER)
    again = states()
    second_person.approve(record, by=physician(), reason="Small steps over an hour, monitored.", seen=seen_of(record))

    assert (opened, fallen, again, states()) == (
        [("requested", "second_person")],
        [("cancelled", "second_person")],
        [("requested", "second_person")],
        [("completed", "second_person")],
    )
    item = WorkItem.objects.get()
    assert not any(word in item.what_to_say.lower() for word in ("lidocaine", "mg", "anaesthetic"))
