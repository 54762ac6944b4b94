"""What the owner of a purpose holds back waits, is looked at again, and goes, or expires with the reason."""

from datetime import timedelta

import pytest

from clinic.messaging import delivery
from clinic.models import MessageAttempt, MessageCategory, WorkItem
from clinic.models.purposes import PURPOSES, Purpose, never
from tests import factories
from tests.clinic.messaging.deliveries import states
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]
WHY = "the room is closed"


@pytest.fixture
def held():
    """Keys of the messages that the owner of a purpose of its own holds back."""
    keys = set()
    ends = {"over": never, "past": never, "held": lambda messages, *, at: dict.fromkeys(keys, WHY)}
    hold = Purpose("held-for-a-test", MessageCategory.NOTICE, **ends)
    PURPOSES.register(hold)
    yield keys
    PURPOSES.unregister(hold)


@pytest.fixture
def message(held):
    message = factories.message(purpose="held-for-a-test", not_after=NOW + timedelta(hours=1))
    held.add(message.pk)
    return message


def deliver(minutes):
    while delivery.deliver_due(at=NOW + timedelta(minutes=minutes)):
        pass


def test_what_is_held_waits_and_says_why_once(message):
    for minutes in (0, 6, 12, 18):
        deliver(minutes)

    message.refresh_from_db()
    assert (message.status, message.outcome) == ("put-off", WHY)
    assert [attempt.detail for attempt in MessageAttempt.objects.all()] == [WHY]


def test_what_is_held_no_longer_goes_when_it_is_looked_at_again(message, held):
    deliver(0)
    held.clear()
    deliver(6)

    assert states() == ["accepted"]


def test_what_is_held_until_it_is_of_no_use_expires_for_that_reason(message):
    deliver(0)
    deliver(61)

    message.refresh_from_db()
    assert (message.status, message.outcome) == ("expired", WHY)
    assert [item.message for item in WorkItem.objects.all()] == [message]
