"""Two entries that are one person."""

from datetime import UTC, datetime, timedelta

import pytest

from aftercare.models import CarePlan, ServiceRequest
from clinic.errors import CannotMerge, PatientMerged
from clinic.models import AuditEvent, Message, Patient, PatientContact, WorkItem
from clinic.people import auditing, merging
from clinic.scheduling import cancellations, waitlist
from clinic.scheduling.wishes import Suitable
from procedures.models import Procedure
from tests import factories
from tests.factories import MONDAY, NOW

pytestmark = pytest.mark.django_db

NINE = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)


@pytest.fixture
def duplicate():
    return factories.patient(email="rasa.old@mail.example")


@pytest.fixture
def into():
    return factories.patient(email="rasa@mail.example")


@pytest.fixture
def book():
    visit_type = factories.visit_type()

    def book(patient, starts_at=NINE):
        factories.room()
        return factories.book(starts_at, visit_type=visit_type, patient=patient)

    return book


def merge(duplicate, into, *, by=None):
    return merging.merge(duplicate, into, by=by, at=NOW, reason="booked twice by phone")


def test_merge_moves_the_whole_history_and_deletes_nobody(duplicate, into, book):
    factories.protocol()
    factories.signed(signed_at=NOW, patient=duplicate, starts_at=NOW - timedelta(hours=2))
    visit = book(duplicate, TEN)
    moved = [Procedure, CarePlan, ServiceRequest, Message, WorkItem, PatientContact]
    before, own = ({model: model.objects.filter(patient=who).count() for model in moved} for who in (duplicate, into))

    merge(duplicate, into)

    assert all(before.values())
    assert [model.objects.filter(patient=duplicate).count() for model in moved] == [0] * len(moved)
    assert [model.objects.filter(patient=into).count() for model in moved] == [
        count + own[model] for model, count in before.items()
    ]
    visit.refresh_from_db()
    assert visit.patient == into
    assert Patient.objects.get(pk=duplicate.pk).merged_into == into


def test_merge_is_in_the_audit_trail_of_both_and_what_was_there_stays(duplicate, into, desk):
    auditing.read(duplicate, by=desk, what="visit")

    merge(duplicate, into, by=desk)

    trail = AuditEvent.objects.about_patients().order_by("pk").values_list("patient", "by", "what")
    assert list(trail) == [
        (duplicate.pk, desk.pk, "visit"),
        (duplicate.pk, desk.pk, f"merged into patient {into.pk}: booked twice by phone"),
        (into.pk, desk.pk, f"merged with patient {duplicate.pk}: booked twice by phone"),
    ]


def test_merge_keeps_one_line_for_each_address_and_one_wish_for_each_kind_of_visit(into):
    duplicate = factories.patient(email="rasa@mail.example")
    kind = factories.visit_type()
    for patient in (duplicate, into):
        waitlist.join(patient, kind, Suitable(MONDAY, MONDAY), at=NOW)

    merge(duplicate, into)

    assert list(into.contacts.values_list("value", "until")) == [("rasa@mail.example", None)]
    assert into.waitlist_entries.current().count() == 1


def test_merge_takes_along_those_that_were_merged_before(duplicate, into):
    first = factories.patient()
    merge(first, duplicate)

    merge(duplicate, into)

    first.refresh_from_db()
    assert first.merged_into == into


def test_merge_is_refused_for_one_and_the_same(into):
    with pytest.raises(CannotMerge, match="not two patients"):
        merge(into, Patient.objects.get(pk=into.pk))


@pytest.mark.parametrize("merged", ["duplicate", "into"])
def test_merge_is_refused_for_one_that_was_merged_already(duplicate, into, merged):
    other = factories.patient()
    merge(duplicate if merged == "duplicate" else into, other)

    with pytest.raises(CannotMerge, match="merged into another"):
        merge(duplicate, into)


def test_merge_is_refused_while_both_have_a_visit_at_one_time(duplicate, into, book):
    visit = book(duplicate)
    book(into)

    with pytest.raises(CannotMerge, match="Mon 2 Mar 2026, 09:00"):
        merge(duplicate, into)
    unchanged = Patient.objects.get(pk=duplicate.pk).merged_into
    cancellations.cancel(visit, at=NOW)
    merge(duplicate, into)

    assert unchanged is None
    assert into.appointments.count() == 2


def test_merged_patient_cannot_be_booked_any_more(duplicate, into, book):
    merge(duplicate, into)

    with pytest.raises(PatientMerged):
        book(duplicate)
