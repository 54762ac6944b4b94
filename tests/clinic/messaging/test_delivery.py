"""Delivering the outbox: claim, fence, send, record, and the outcome of a message that does not get through."""

from datetime import timedelta

import pytest

from clinic.messaging import delivery
from clinic.models import WorkItem
from tests import factories
from tests.clinic.messaging.deliveries import sent, states, told_to_the_desk
from tests.factories import NOW, at, civil
from tests.services import free_port

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


# The usual way


def test_deliver_due_hands_over_what_is_due_and_records_it(folder):
    message = factories.message(key="visit:1", subject="Your visit", body="Please come.")

    assert (delivery.deliver_due(at=NOW), delivery.deliver_due(at=NOW)) == (1, 0)

    message.refresh_from_db()
    assert sent(folder) == ["To: rasa@mail.example\nSubject: Your visit\nKey: visit:1\n\nPlease come."]
    assert (message.status, message.tries, message.crashes, message.outcome) == ("accepted", 1, 0, "")
    assert [message.provider_reference] == [path.name for path in folder.iterdir()]
    assert [(each.result, each.detail) for each in message.all_tries] == [("accepted", message.provider_reference)]
    assert told_to_the_desk() == []


def test_deliver_due_leaves_what_is_not_due_yet(folder):
    factories.message(due_at=NOW + timedelta(seconds=1))

    assert (delivery.deliver_due(at=NOW), sent(folder)) == (0, [])


def test_deliver_due_takes_all_that_is_due_of_every_urgency(folder):
    for n in range(60):
        factories.message(category=["code", "safety", "notice", "reminder"][n % 4])

    assert [delivery.deliver_due(at=NOW) for _ in range(2)] == [60, 0]
    assert len(sent(folder)) == 60


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_deliver_due_keeps_the_time_on_the_wall_when_the_clock_changes(folder, day):
    factories.message(due_at=at(f"{day} 10:00"))

    assert delivery.deliver_due(at=at(f"{day} 09:59")) == 0
    assert delivery.deliver_due(at=at(f"{day} 10:00")) == 1


def test_code_is_forgotten_once_it_was_accepted(settings):
    settings.DEMO = False
    code = factories.message(category="code", body="Your code: 123456")

    delivery.deliver_due(at=NOW)

    code.refresh_from_db()
    assert (code.status, code.body) == ("accepted", "The code was sent.")


# Refusals


def test_temporary_failure_puts_off_with_growing_waits_and_stops_after_eight_tries(mail_goes_out):
    mail_goes_out.refuse_with = "451 later"
    message, now, waits = factories.message(not_after=NOW + timedelta(days=9)), NOW, []

    while delivery.deliver_due(at=now):
        message.refresh_from_db()
        waits.append((message.next_try_at - now).total_seconds())
        now = message.next_try_at

    assert (message.status, message.tries, message.outcome) == ("dead", 8, "451 later")
    assert [round(wait / (30 * 2**n) - 1, 1) for n, wait in enumerate(waits[:-1])] == [
        pytest.approx(0, abs=0.21) for _ in range(7)
    ]
    assert [attempt.result for attempt in message.attempts.all()] == ["put-off"] * 7 + ["dead"]
    assert told_to_the_desk() == [(message.pk, "dead")]


def test_temporary_failure_is_never_put_off_past_the_last_useful_moment(mail_goes_out):
    mail_goes_out.refuse_with = "451 later"
    factories.message(not_after=NOW + timedelta(seconds=20))

    delivery.deliver_due(at=NOW)

    assert (states(), WorkItem.objects.count()) == (["dead"], 1)


def test_temporary_failure_is_forgotten_once_it_gets_through(mail_goes_out):
    mail_goes_out.refuse_with = "451 later"
    factories.message(category="code")
    delivery.deliver_due(at=NOW)
    mail_goes_out.refuse_with = None

    delivery.deliver_due(at=NOW + timedelta(minutes=1))

    assert (len(mail_goes_out.mails), states(), WorkItem.objects.count()) == (1, ["accepted"], 0)


def test_permanent_refusal_ends_at_once_and_is_told_to_the_desk(mail_goes_out):
    mail_goes_out.refuse_with = "550 no such mailbox"
    message = factories.message(patient=factories.patient())

    delivery.deliver_due(at=NOW)

    message.refresh_from_db()
    assert (message.status, message.tries, message.outcome) == ("dead", 1, "550 no such mailbox")
    item = WorkItem.objects.get()
    assert (item.message, item.patient, item.kind, item.status) == (message, message.patient, "message", "requested")


def test_server_that_is_away_puts_off(settings, mail_goes_out):
    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port()}"
    message = factories.message()

    delivery.deliver_due(at=NOW)

    message.refresh_from_db()
    assert (message.status, message.outcome, message.tries) == ("put-off", "ConnectionRefusedError (CONNECT)", 0)


def test_disk_that_cannot_be_written_puts_off(folder):
    folder.parent.mkdir()
    folder.write_text("a file where the folder should be")
    factories.message()

    delivery.deliver_due(at=NOW)

    assert states() == ["put-off"]


# Too late, too early


def test_message_that_comes_too_late_expires_and_is_told_to_the_desk(folder):
    message = factories.message(not_after=NOW + timedelta(hours=1))

    delivery.deliver_due(at=NOW + timedelta(hours=1, seconds=1))

    assert (sent(folder), states()) == ([], ["expired"])
    assert told_to_the_desk() == [(message.pk, "expired")]


def test_quiet_hours_put_a_reminder_off_until_the_morning(folder):
    message = factories.message(due_at=at("2026-03-02 21:00"), may_wake=False)

    delivery.deliver_due(at=at("2026-03-02 21:00"))

    message.refresh_from_db()
    assert (message.status, civil(message.next_try_at), message.tries) == ("put-off", "2026-03-03 08:00", 0)
    assert delivery.deliver_due(at=at("2026-03-03 07:59")) == 0
    assert delivery.deliver_due(at=at("2026-03-03 08:00")) == 1
    assert (len(sent(folder)), WorkItem.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("category", "may_wake", "not_after", "status"),
    [
        ("notice", True, "2026-03-03 21:00", "accepted"),
        ("safety", False, "2026-03-03 09:00", "put-off"),
        ("safety", False, "2026-03-03 07:00", "accepted"),
        ("reminder", False, "2026-03-03 07:00", "put-off"),
    ],
)
def test_quiet_hours_yield_to_answers_and_to_safety_advice_that_would_be_too_late(
    category, may_wake, not_after, status
):
    evening = at("2026-03-02 21:00")
    factories.message(category=category, may_wake=may_wake, due_at=evening, not_after=at(not_after))

    delivery.deliver_due(at=evening)

    assert states() == [status]
