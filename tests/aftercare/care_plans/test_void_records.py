"""The days after follow whether it was injected, not what became of the record."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from aftercare import message_purposes
from aftercare.care_plans import missing_messages
from aftercare.models import CarePlan, ServiceRequestStatus
from clinic.models import Message, MessageStatus, WorkItem
from procedures.records import signing, voiding
from procedures.records.voiding import Said
from tests import factories
from tests.web import as_

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
INJECTED = ["as-written", "otherwise"]
NOT_INJECTED = ["nobody", "another"]


@pytest.fixture
def record():
    """Signed an hour ago. Its protocol asks about the breath after a needle near the lung."""
    factories.protocol().check_times.create(asks="breathing", hours_after=4)
    now = timezone.now()
    visit = factories.arrived(starts_at=now - 2 * HOUR)
    return factories.signed(visit=visit, signed_at=now - HOUR)


def void(record, injected):
    request = voiding.ask(record, Said("Wrong.", injected), by=factories.user(), at=timezone.now())
    return voiding.agree(request, by=factories.user(), at=timezone.now())


def written_again(record, **more):
    draft = factories.draft(record.appointment, **more)
    return signing.sign(draft, by=factories.user(), at=timezone.now())


def waiting(**about):
    return Message.objects.filter(status=MessageStatus.WAITING, **about).count()


def sent(record):
    """The first message has gone out."""
    Message.objects.filter(cause=record.pk, occasion="at-once").update(status=MessageStatus.DELIVERED)


def home_of(patient):
    return as_(factories.account_of(patient)).get(reverse("my")).content.decode()


@pytest.mark.parametrize("injected", INJECTED)
def test_whoever_was_injected_stays_in_the_days_after(record, injected):
    before = waiting(cause=record.pk)

    void(record, injected)

    plan = CarePlan.objects.get()
    assert (plan.is_standing, plan.referral.status) == (True, ServiceRequestStatus.ACTIVE)
    assert waiting(cause=record.pk) == before > 3
    assert "Please lift nothing heavy" in home_of(record.patient)
    [first, *_others] = Message.objects.filter(cause=record.pk)
    assert message_purposes.NO_HEAVY_LIFTING.over([first], at=timezone.now()) == {}
    assert missing_messages.compare(at=timezone.now()).missing == []


@pytest.mark.parametrize("injected", NOT_INJECTED)
def test_whoever_was_not_injected_is_told_that_it_was_a_mistake(record, injected):
    sent(record)

    void(record, injected)

    plan = CarePlan.objects.get()
    assert (plan.is_standing, plan.referral.status) == (False, ServiceRequestStatus.REVOKED)
    assert waiting(**message_purposes.about(record)) == 0
    [message] = Message.objects.filter(purpose=message_purposes.TAKEN_BACK.code)
    assert (message.patient, "got no needle" in message.body) == (record.patient, True)
    assert "by our records you got no needle" in home_of(record.patient)


def test_who_has_heard_nothing_is_not_told_of_it(record):
    void(record, "nobody")

    assert not Message.objects.filter(purpose=message_purposes.TAKEN_BACK.code).exists()
    assert not WorkItem.objects.requested().filter(patient=record.patient).exists()


def test_who_was_told_by_a_person_hears_by_a_message_or_a_person():
    factories.protocol()
    visit = factories.arrived(patient=factories.patient(phone="", email=""), starts_at=timezone.now() - 2 * HOUR)
    record = factories.signed(visit=visit, signed_at=timezone.now() - HOUR)
    WorkItem.objects.filter(cause=record.pk, purpose="no-heavy-lifting").first().complete(by=factories.user())

    void(record, "nobody")

    assert WorkItem.objects.requested().filter(purpose=message_purposes.TAKEN_BACK.code).count() == 1


def test_no_needle_is_not_said_once_a_new_record_says_otherwise(record):
    sent(record)
    void(record, "nobody")
    [message] = Message.objects.filter(purpose=message_purposes.TAKEN_BACK.code)
    assert message_purposes.TAKEN_BACK.over([message], at=timezone.now()) == {}

    written_again(record)

    assert list(message_purposes.TAKEN_BACK.over([message], at=timezone.now())) == [message.pk]


@pytest.mark.parametrize("injected", INJECTED)
def test_a_record_written_again_takes_the_plan_over_with_its_times(record, injected):
    plan = record.care_plan
    sent(record)
    void(record, injected)

    again = written_again(record)

    kept = CarePlan.objects.get()
    assert (kept.procedure, kept.lift_again_at, kept.starts_at) == (again, plan.lift_again_at, plan.starts_at)
    assert kept.referral == plan.referral
    assert waiting(cause=record.pk) == 0
    due = Message.objects.filter(cause=again.pk, due_at__lt=again.signed_at)
    assert list(due.values_list("occasion", flat=True)) == ["at-once"]  # in the new words, while it holds
    report = missing_messages.compare(at=timezone.now())
    assert (report.missing, report.extra) == ([], [])


def test_a_needle_near_the_lung_that_the_first_record_hid_is_asked_about(record):
    void(record, "otherwise")

    written_again(
        record,
        sites=[
            factories.site(
                muscle=factories.muscle(lung_risk="yes", slug="near-lung"), no_ultrasound_reason="Small, easy to feel."
            )
        ],
    )

    assert waiting(purpose="check-breathing") > 0


@pytest.mark.parametrize(
    ("injected", "words"),
    [
        ("as-written", "Where the needle went"),
        ("otherwise", "This still holds: nothing heavy"),
        ("nobody", "We have taken this summary back"),
    ],
)
def test_the_summary_follows(record, injected, words):
    void(record, injected)

    address = reverse("my-summary", args=[record.appointment_id])
    assert words in as_(factories.account_of(record.patient)).get(address).content.decode()
