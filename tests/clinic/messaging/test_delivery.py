"""Delivering the outbox: claim, fence, send, record, and what becomes of a message that does not get through."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from clinic.messaging import delivery, outbox
from clinic.messaging.channels import registry
from clinic.messaging.due_checks import DeliveryConditions
from clinic.models import Message, WorkItem
from tests import factories
from tests.factories import NOW, at, civil
from tests.services import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """Where the embedded default puts e-mails."""
    settings.DATA_DIR, settings.EMAIL_URL = tmp_path, ""
    return tmp_path / "messages" / "email"


def sent(folder):
    return sorted(path.read_text() for path in folder.iterdir()) if folder.exists() else []


def the_lease_runs_out():
    """Time passes: whoever was delivering is not heard of any more."""
    Message.objects.filter(status="sending").update(leased_until=timezone.now() - timedelta(seconds=1))


def crash_in_the_call(message):
    """A worker claims the message, begins the call and dies: nobody knows what became of it."""
    [claimed] = [claimed for claimed in delivery._claim(at=NOW) if claimed == message]
    assert delivery._fence(claimed)
    the_lease_runs_out()


def states():
    return list(Message.objects.order_by("pk").values_list("status", flat=True))


def told_to_the_desk():
    return list(WorkItem.objects.order_by("pk").values_list("message", "key"))


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


def test_deliver_due_takes_twenty_at_a_time(folder):
    for _ in range(22):
        factories.message()

    assert [delivery.deliver_due(at=NOW) for _ in range(3)] == [20, 2, 0]
    assert len(sent(folder)) == 22


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


# Claim, lease, fence


def test_claim_is_not_given_to_two():
    factories.message()

    first, second = delivery._claim(at=NOW), delivery._claim(at=NOW)

    assert ([message.status for message in first], second) == (["sending"], [])


def test_fence_stops_a_worker_whose_claim_was_taken_over(folder):
    factories.message()
    [slow] = delivery._claim(at=NOW)
    the_lease_runs_out()
    [taken_over] = delivery._claim(at=NOW)

    delivery._deliver(slow, DeliveryConditions([slow], at=NOW))
    assert (sent(folder), states()) == ([], ["sending"])
    delivery._deliver(taken_over, DeliveryConditions([taken_over], at=NOW))

    assert (len(sent(folder)), states()) == (1, ["accepted"])


def test_fence_stops_a_message_that_was_withdrawn_after_the_claim(folder):
    factories.message()
    [claimed] = delivery._claim(at=NOW)
    outbox.withdraw(Message.objects.all(), reason="booked", at=NOW)

    delivery._deliver(claimed, DeliveryConditions([claimed], at=NOW))

    assert (sent(folder), states(), told_to_the_desk()) == ([], ["withdrawn"], [])


def test_fence_stops_a_message_that_was_withdrawn_after_a_crash_and_a_new_claim(folder):
    message = factories.message()
    crash_in_the_call(message)
    [claimed] = delivery._claim(at=NOW)
    outbox.withdraw(Message.objects.all(), reason="booked", at=NOW)

    delivery._deliver(claimed, DeliveryConditions([claimed], at=NOW))
    the_lease_runs_out()
    delivery.deliver_due(at=NOW)

    assert (sent(folder), states(), told_to_the_desk()) == ([], ["withdrawn"], [])


def test_fence_stretches_the_lease_from_the_beginning_of_the_call():
    message = factories.message()
    [claimed] = delivery._claim(at=NOW)
    Message.objects.update(leased_until=timezone.now() + timedelta(seconds=1))

    delivery._fence(claimed)

    message.refresh_from_db()
    assert message.leased_until - message.call_started_at == timedelta(seconds=30)


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_deliver_the_same_message(folder):
    keys = {factories.message().key for _ in range(60)}

    def work(_):
        taken = []
        try:
            while claimed := delivery._claim(at=NOW):
                taken += claimed
                for message in claimed:
                    delivery._deliver(message, DeliveryConditions([message], at=NOW))
        finally:
            connection.close()
        return [message.key for message in taken]

    with ThreadPoolExecutor(4) as pool:
        taken = [key for part in pool.map(work, range(4)) for key in part]

    assert (len(taken), set(taken), len(sent(folder)), set(states())) == (60, keys, 60, {"accepted"})
    assert set(Message.objects.values_list("tries", flat=True)) == {1}


# Somebody died


def test_crash_before_the_call_is_sent_again_and_not_counted(folder):
    factories.message()
    delivery._claim(at=NOW)
    the_lease_runs_out()

    delivery.deliver_due(at=NOW)

    assert (len(sent(folder)), states(), Message.objects.get().crashes) == (1, ["accepted"], 0)


@pytest.mark.parametrize("category", ["code", "notice", "reminder", "safety"])
def test_crash_in_the_call_is_sent_again_where_the_channel_remembers_keys(folder, category):
    message = factories.message(category=category)
    crash_in_the_call(message)

    delivery.deliver_due(at=NOW)

    assert (len(sent(folder)), states()) == (1, ["accepted"])


def test_crash_after_the_call_leaves_one_file(folder):
    message = factories.message()
    crash_in_the_call(message)
    registry.channel_named("email").send(
        delivery.Outgoing(key=message.key, address="rasa@mail.example", subject="", body="The first of the two")
    )

    delivery.deliver_due(at=NOW)

    assert ([text[-20:] for text in sent(folder)], states()) == (["The first of the two"], ["accepted"])


@pytest.mark.parametrize("category", ["code", "notice", "reminder"])
def test_crash_in_the_call_by_smtp_is_unknown_and_told_to_the_desk(mail_goes_out, category):
    factories.patient(email="rasa@mail.example")
    message = factories.message(category=category)
    crash_in_the_call(message)

    delivery.deliver_due(at=NOW)

    assert (mail_goes_out.mails, states()) == ([], ["unknown"])
    assert told_to_the_desk() == [(message.pk, f"message:{message.pk}:unknown")]


def test_crash_in_the_call_by_smtp_sends_safety_advice_once_more_but_not_twice(mail_goes_out):
    once, twice = factories.message(category="safety"), factories.message(category="safety")
    for message in (once, twice):
        crash_in_the_call(message)
    [claimed] = [claimed for claimed in delivery._claim(at=NOW) if claimed == twice]
    delivery._fence(claimed)
    the_lease_runs_out()

    delivery.deliver_due(at=NOW)
    the_lease_runs_out()
    delivery.deliver_due(at=NOW)

    assert (len(mail_goes_out.mails), sorted(states())) == (1, ["accepted", "unknown"])


def test_message_that_crashed_three_workers_is_stopped_and_told_to_the_desk(folder):
    message = factories.message()
    for _ in range(3):
        crash_in_the_call(message)

    delivery.deliver_due(at=NOW)

    assert (sent(folder), states()) == ([], ["dead"])
    assert told_to_the_desk() == [(message.pk, f"message:{message.pk}:dead")]


def test_one_bad_message_never_stops_the_others(mail_goes_out):
    """Its subject has two lines, which no mail may have: every try at it crashes."""
    bad = factories.message(subject="two\nlines")
    for _ in range(5):
        factories.message()

    for _ in range(3):
        delivery.deliver_due(at=NOW)
        the_lease_runs_out()
    delivery.deliver_due(at=NOW)

    assert (len(mail_goes_out.mails), sorted(states())) == (5, ["accepted"] * 5 + ["unknown"])
    assert told_to_the_desk() == [(bad.pk, f"message:{bad.pk}:unknown")]


def test_messages_that_waited_behind_one_that_kills_its_worker_do_not_pay_for_it(folder):
    bad, others = factories.message(), [factories.message() for _ in range(3)]
    for _ in range(3):
        crash_in_the_call(bad)

    delivery.deliver_due(at=NOW)

    assert (len(sent(folder)), states()) == (3, ["dead"] + ["accepted"] * 3)
    assert {message.pk for message in others} == set(Message.objects.filter(crashes=0).values_list("pk", flat=True))


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
    assert told_to_the_desk() == [(message.pk, f"message:{message.pk}:dead")]


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
    settings.EMAIL_PORT = free_port()
    message = factories.message()

    delivery.deliver_due(at=NOW)

    message.refresh_from_db()
    assert (message.status, message.outcome) == ("put-off", "ConnectionRefusedError")


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
    assert told_to_the_desk() == [(message.pk, f"message:{message.pk}:expired")]


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
