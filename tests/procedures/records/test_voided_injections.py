"""Who was injected, whatever became of the record: what is written anew, asked about, counted, and shown to whom."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clinic.models import WorkItem
from clinic.privacy import own_data
from procedures.dosing.given_before import given_before
from procedures.models import VoidRequest
from procedures.records import lot_recall, repeat_guard, signing, unsigned, voiding
from procedures.records.voiding import Said
from procedures.work_kinds import INJECTED_UNKNOWN, RECORD_UNSIGNED
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def one():
    return factories.colleague().user


@pytest.fixture
def other():
    return factories.colleague().user


@pytest.fixture
def record(one):
    factories.protocol()
    now = timezone.now()
    visit = factories.arrived(practitioner=one.practitioner, starts_at=now - timedelta(hours=2))
    return factories.signed(visit=visit, by=one, signed_at=now - timedelta(hours=1))


def ask(record, *, by, injected, visit=None):
    return voiding.ask(record, Said("Mixed up.", injected, visit), by=by, at=timezone.now())


def void(record, one, other, **said):
    return voiding.agree(ask(record, by=one, **said), by=other, at=timezone.now())


def asked_for(visit):
    return WorkItem.objects.requested().filter(kind=RECORD_UNSIGNED.code, appointment=visit).exists()


@pytest.mark.parametrize(("injected", "is_asked"), [("as-written", True), ("otherwise", True), ("nobody", False)])
def test_who_was_injected_needs_a_new_record_at_once(record, one, other, injected, is_asked):
    void(record, one, other, injected=injected)

    unsigned.open_overdue_items(at=timezone.now() + timedelta(days=3))

    assert asked_for(record.appointment) == is_asked
    signing.sign(factories.draft(record.appointment), by=one, at=timezone.now())
    assert not asked_for(record.appointment)


def test_the_other_patient_needs_a_record_and_nobody_looks_for_one_of_the_first(record, one, other):
    now = timezone.now()
    visit = factories.arrived(practitioner=one.practitioner, starts_at=now - timedelta(hours=1))

    assert list(voiding.others_of_the_day(record)) == [visit]
    void(record, one, other, injected="another", visit=visit)

    unsigned.open_overdue_items(at=now + timedelta(days=3))
    assert (asked_for(visit), asked_for(record.appointment)) == (True, False)


def test_the_request_is_none_of_the_other_patients_data(record, one, other):
    visit = factories.arrived(practitioner=one.practitioner, starts_at=timezone.now() - timedelta(hours=1))
    void(record, one, other, injected="another", visit=visit)

    assert VoidRequest in own_data.rows_of(record.patient, given_only=False)
    assert VoidRequest not in own_data.rows_of(visit.patient, given_only=False)


def test_if_nobody_knows_who_was_injected_a_physician_finds_out(record, one, other):
    void(record, one, other, injected="another")

    item = WorkItem.objects.requested().get(kind=INJECTED_UNKNOWN.code)
    assert (item.appointment, str(one) in item.what_to_say) == (record.appointment, False)


@pytest.mark.parametrize(
    ("injected", "own", "others"),
    [("as-written", 1, 0), ("otherwise", 1, 0), ("nobody", 0, 0), ("another", 0, 1)],
)
def test_the_repeat_guard_follows_the_answer(record, one, other, injected, own, others):
    visit = factories.arrived(practitioner=one.practitioner, starts_at=timezone.now() - timedelta(hours=1))
    void(record, one, other, injected=injected, visit=visit if injected == "another" else None)

    today = timezone.localdate()
    past = [repeat_guard.past(patient, on=today) for patient in (record.patient, visit.patient)]
    assert [len(each) for each in past] == [own, others]


def test_what_is_written_again_is_one_session(record, one, other):
    void(record, one, other, injected="as-written")
    signing.sign(factories.draft(record.appointment), by=one, at=timezone.now())

    assert [each.sessions for each in repeat_guard.past(record.patient, on=timezone.localdate())] == [1]


def test_nothing_follows_before_the_second_physician_agrees(record, one):
    visit = factories.arrived(practitioner=one.practitioner, starts_at=timezone.now() - timedelta(hours=1))
    now = timezone.now()

    ask(record, by=one, injected="another", visit=visit)

    assert given_before(visit.patient, now) == []
    assert repeat_guard.past(visit.patient, on=timezone.localdate()) == []
    assert [drug.into for drug in lot_recall.recall("A1").given] == [record.patient_id]
