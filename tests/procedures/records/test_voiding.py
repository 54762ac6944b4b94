"""A signed record that is wrong as a whole: two physicians, no trace lost, no aftercare left."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from aftercare import message_purposes
from aftercare.care_plans import missing_messages
from aftercare.models import ServiceRequestStatus
from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import (
    AuditEvent,
    Message,
    MessageStatus,
    WorkItem,
    WorkItemStatus,
)
from procedures.models import Procedure, VoidRequest
from procedures.records import signing, voiding
from procedures.records.voiding import Said
from procedures.work_kinds import VOID
from tests import factories
from tests.web import as_

pytestmark = pytest.mark.django_db


def physician():
    person = factories.colleague()
    return person.user


@pytest.fixture
def one():
    return physician()


@pytest.fixture
def other():
    return physician()


@pytest.fixture
def record(one):
    factories.protocol()
    now = timezone.now()
    visit = factories.arrived(practitioner=one.practitioner, starts_at=now - timedelta(hours=2))
    return factories.signed(visit=visit, by=one, signed_at=now - timedelta(hours=1))


def ask(record, *, by, injected="nobody", visit=None):
    return voiding.ask(record, Said("Written for another patient.", injected, visit), by=by, at=timezone.now())


def void(record, one, other, **said):
    return voiding.agree(ask(record, by=one, **said), by=other, at=timezone.now())


def address_of(procedure, name="practice-record-void", **more):
    return reverse(name, kwargs={"pk": procedure.appointment_id} | more)


def test_one_asks_another_agrees_and_the_record_is_void(record, one, other):
    voided = void(record, one, other)

    assert (voided.status, voided.signed_at is None) == ("entered-in-error", False)
    assert (voided.void_request.asked_by, voided.void_request.agreed_by) == (one, other)


def test_nobody_voids_a_record_alone(record, one):
    request = ask(record, by=one)

    with pytest.raises(MoveNotAllowed, match="Another physician has to agree"):
        voiding.agree(request, by=one, at=timezone.now())
    with pytest.raises(IntegrityError, match="void_needs_two_people"), transaction.atomic():
        VoidRequest.objects.update(agreed_by=one, agreed_at=timezone.now())

    assert Procedure.objects.get().is_signed


@pytest.mark.parametrize("reason", ["", "   ", "\u200b"])
def test_asking_needs_a_reason(record, one, reason):
    with pytest.raises(DomainError) as refused:
        voiding.ask(record, Said(reason, "nobody"), by=one, at=timezone.now())

    assert refused.value.field == "reason"


@pytest.mark.parametrize("answer", ["", "perhaps"])
def test_asking_needs_an_answer_whether_it_was_injected(record, one, answer):
    with pytest.raises(DomainError) as refused:
        ask(record, by=one, injected=answer)

    assert refused.value.field == "injected"
    with pytest.raises(IntegrityError, match="says whether it was injected"), transaction.atomic():
        VoidRequest.objects.create(procedure=record, reason="x", asked_by=one)


def test_the_other_patient_is_another_one_and_named_only_if_another_was_injected(record, one):
    stranger = factories.arrived()

    for injected, visit in [("nobody", stranger), ("another", record.appointment)]:
        with pytest.raises(DomainError) as refused:
            ask(record, by=one, injected=injected, visit=visit)
        assert refused.value.field == "injected_visit"


def test_a_draft_is_changed_and_not_voided(one):
    with pytest.raises(MoveNotAllowed, match="Only a signed record"):
        ask(factories.draft(), by=one)


def test_asking_and_agreeing_again_change_nothing(record, one, other):
    first = ask(record, by=one)
    assert ask(record, by=other) == first

    voiding.agree(first, by=other, at=timezone.now())
    voiding.agree(first, by=one, at=timezone.now())

    assert VoidRequest.objects.get().agreed_by == other
    assert WorkItem.objects.filter(kind=VOID.code).count() == 1


def test_the_request_waits_in_the_list_until_it_is_answered(record, one, other):
    request = ask(record, by=one)
    item = WorkItem.objects.get(kind=VOID.code)
    assert (item.status, item.patient) == (WorkItemStatus.REQUESTED, record.patient)
    assert "another patient" not in item.what_to_say  # the desk sees the list too

    voiding.keep(request, by=other, at=timezone.now())

    item.refresh_from_db()
    assert (item.status, item.ended_by, Procedure.objects.get().is_signed) == (WorkItemStatus.CANCELLED, other, True)
    with pytest.raises(MoveNotAllowed):
        voiding.agree(request, by=other, at=timezone.now())


def test_aftercare_of_a_void_record_ends(record, one, other):
    messages = Message.objects.filter(**message_purposes.about(record))
    assert messages.filter(status=MessageStatus.WAITING).count() > 2

    void(record, one, other)

    assert messages.filter(status=MessageStatus.WAITING).count() == 0
    assert record.care_plan.referral.status == ServiceRequestStatus.ACTIVE  # as it was read before
    record.care_plan.referral.refresh_from_db()
    assert record.care_plan.referral.status == ServiceRequestStatus.REVOKED
    assert not WorkItem.objects.requested().filter(patient=record.patient).exists()


def test_reconciling_expects_nothing_of_a_void_record_and_finds_what_is_still_sent(record, one, other):
    void(record, one, other)
    report = missing_messages.compare(at=timezone.now())
    assert (report.checked, report.missing, report.extra) == (0, [], [])

    Message.objects.filter(purpose="lifting-allowed").update(status=MessageStatus.WAITING, ended_at=None)

    extra = missing_messages.compare(at=timezone.now()).extra
    assert extra == [("lifting-allowed", record.pk, "window-over", None)]


def test_a_new_record_of_the_visit_can_be_written_and_signed(record, one, other):
    void(record, one, other)

    again = factories.draft(record.appointment)
    signing.sign(again, by=one, at=timezone.now())

    assert list(Procedure.objects.order_by("pk").values_list("status", flat=True)) == ["entered-in-error", "signed"]
    assert again.care_plan.referral.status == ServiceRequestStatus.ACTIVE


def test_the_patient_reads_that_it_was_withdrawn_and_whom_to_call(record, one, other, settings):
    account = factories.account_of(record.patient)
    assert "Please lift nothing heavy" in as_(account).get(reverse("my")).content.decode()

    void(record, one, other)

    home = as_(account).get(reverse("my")).content.decode()
    assert ("record of your last visit was withdrawn" in home, settings.CLINIC_PHONE in home) == (True, True)
    assert ("Please lift nothing heavy" in home, "Book physiotherapy" in home) == (False, False)
    referral = reverse("my-physiotherapy", args=[record.care_plan.referral.pk])
    assert as_(account).get(referral).url == reverse("my")


# On the pages


def test_two_physicians_void_a_record_on_the_pages(record, one, other):
    data = {"patient": record.patient_id, "reason": "Written for another patient.", "injected": "nobody"}

    asked = as_(one).post(address_of(record), data, follow=True).content.decode()
    assert "Another physician has to agree." in asked
    assert "I agree: void" not in asked

    seen = as_(other).get(address_of(record, "practice-record")).content.decode()
    assert "says that this whole record is wrong" in seen
    assert "Written for another patient." in as_(other).get(address_of(record)).content.decode()
    assert "Look at the record" in as_(other).get(reverse("practice")).content.decode()

    visit = as_(other).post(address_of(record, "practice-record-void-agree"), data, follow=True).content.decode()
    voided = address_of(record, "practice-record-voided", record=record.pk)
    assert voided in visit
    read = as_(one).get(voided).content.decode()
    assert ("No, nobody was injected" in read, "Written for another patient." in read) == (True, True)
    assert as_(one).get(address_of(record)).status_code == 404
    whats = AuditEvent.objects.filter(patient=record.patient, action="U").values_list("what", flat=True)
    assert {"asked to void a record", "record voided"} <= set(whats)


@pytest.mark.parametrize("name", ["practice-record-void", "practice-record-void-agree", "practice-record-void-keep"])
def test_what_was_sent_for_another_patient_changes_nothing(record, one, other, name):
    ask(record, by=one)
    stranger = factories.patient()

    answer = as_(other).post(address_of(record, name), {"patient": stranger.pk, "reason": "Wrong."})

    assert (answer.status_code, Procedure.objects.get().is_signed) == (409, True)
    assert VoidRequest.objects.get().agreed_at is None


def test_asking_without_a_reason_says_so_at_the_field(record, one):
    answer = as_(one).post(address_of(record), {"patient": record.patient_id, "reason": " "}).content.decode()

    assert "Write why the whole record is wrong." in answer
    assert not VoidRequest.objects.exists()


def test_the_page_asks_whether_and_who_and_notes_whose_names_it_shows(record, one, other):
    visit = factories.arrived(practitioner=one.practitioner, starts_at=timezone.now() - timedelta(hours=1))
    data = {"patient": record.patient_id, "reason": "Mixed up.", "injected": "another"}

    page = as_(one).get(address_of(record)).content.decode()
    assert ("Was it injected?" in page, str(visit.patient) in page) == (True, True)
    refused = as_(one).post(address_of(record), data | {"injected": "nobody", "injected_visit": visit.pk})
    assert "Choose a patient only if another one was injected." in refused.content.decode()
    as_(one).post(address_of(record), data | {"injected_visit": visit.pk})

    assert VoidRequest.objects.get().injected_visit == visit
    seen = as_(other).get(address_of(record)).content.decode()
    assert ("No, another patient was" in seen, str(visit.patient) in seen) == (True, True)
    assert AuditEvent.objects.filter(patient=visit.patient, by=other).exists()
