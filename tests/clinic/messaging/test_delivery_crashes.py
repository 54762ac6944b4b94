"""One worker has a message at a time, also when one of them dies with it."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from clinic.messaging import claims, delivery, handover, outbox
from clinic.messaging.channels import Outgoing, registry
from clinic.models import Message
from clinic.models.purposes import PURPOSES
from tests import factories
from tests.clinic.messaging.deliveries import claim, hand_over, sent, states, the_lease_runs_out, told_to_the_desk
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


def crash_in_the_call(message):
    """A worker claims the message, begins the call and dies: nobody knows whether it was sent."""
    [claimed] = [claimed for claimed in claim() if claimed == message]
    assert claims.begin_call(claimed, way_out="")
    the_lease_runs_out()


# Claim, lease, fence


def test_claim_is_not_given_to_two():
    factories.message()

    first, second = claim(), claim()

    assert ([message.status for message in first], second) == (["sending"], [])


def test_fence_stops_a_worker_whose_claim_was_taken_over(folder):
    factories.message()
    [slow] = claim()
    the_lease_runs_out()
    [taken_over] = claim()

    hand_over(slow)
    assert (sent(folder), states()) == ([], ["sending"])
    hand_over(taken_over)

    assert (len(sent(folder)), states()) == (1, ["accepted"])


def test_fence_stops_a_message_that_was_withdrawn_after_the_claim(folder):
    factories.message()
    [claimed] = claim()
    outbox.withdraw(Message.objects.all(), reason="booked", at=NOW)

    hand_over(claimed)

    assert (sent(folder), states(), told_to_the_desk()) == ([], ["withdrawn"], [])


def test_fence_stops_a_message_that_was_withdrawn_after_a_crash_and_a_new_claim(folder):
    message = factories.message()
    crash_in_the_call(message)
    [claimed] = claim()
    outbox.withdraw(Message.objects.all(), reason="booked", at=NOW)

    hand_over(claimed)
    the_lease_runs_out()
    delivery.deliver_due(at=NOW)

    assert (sent(folder), states(), told_to_the_desk()) == ([], ["withdrawn"], [])


def test_fence_stretches_the_lease_from_the_beginning_of_the_call():
    message = factories.message()
    [claimed] = claim()
    Message.objects.update(leased_until=timezone.now() + timedelta(seconds=1))

    claims.begin_call(claimed, way_out="")

    message.refresh_from_db()
    assert message.leased_until - message.call_started_at == timedelta(seconds=30)


def test_nothing_is_sent_when_the_lease_ran_out_before_the_answer_to_the_fence(sms_goes_out, monkeypatch):
    """A worker is stopped while the database answers; another one may have asked the provider since, and sent."""
    monkeypatch.setattr(claims, "LEASE", timedelta(seconds=2))
    monkeypatch.setattr(claims, "LEASE_MARGIN_SECONDS", 1.2)
    factories.message(channel="sms", address="+37061234567")
    [claimed] = claim()
    registry.ways_out("sms")[0].find(handover._outgoing(claimed), since=NOW)  # the first call takes its time

    def stopped(execute, sql, *more):
        answer = execute(sql, *more)
        time.sleep(1 if "call_started_at" in sql and sql.startswith("UPDATE") else 0)
        return answer

    with connection.execute_wrapper(stopped):
        hand_over(claimed)

    assert (sms_goes_out.accepted(), states()) == ([], ["sending"])


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_deliver_the_same_message(folder):
    keys = {factories.message().key for _ in range(60)}

    def work(_):
        taken = []
        try:
            while claimed := claim():
                taken += claimed
                for message in claimed:
                    hand_over(message)
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
    claim()
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
    registry.ways_out("email")[0].send(
        Outgoing(key=message.key, address="rasa@mail.example", subject="", body="The first of the two")
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
    assert told_to_the_desk() == [(message.pk, "unknown")]


def test_crash_in_the_call_by_smtp_sends_safety_advice_once_more_but_not_twice(mail_goes_out):
    once, twice = factories.message(category="safety"), factories.message(category="safety")
    for message in (once, twice):
        crash_in_the_call(message)
    [claimed] = [claimed for claimed in claim() if claimed == twice]
    claims.begin_call(claimed, way_out="")
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
    assert told_to_the_desk() == [(message.pk, "dead")]


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
    assert told_to_the_desk() == [(bad.pk, "unknown")]


def test_messages_that_waited_behind_one_that_kills_its_worker_do_not_pay_for_it(folder):
    bad, others = factories.message(), [factories.message() for _ in range(3)]
    for _ in range(3):
        crash_in_the_call(bad)

    delivery.deliver_due(at=NOW)

    assert (len(sent(folder)), states()) == (3, ["dead"] + ["accepted"] * 3)
    assert {message.pk for message in others} == set(Message.objects.filter(crashes=0).values_list("pk", flat=True))


def test_message_that_cannot_be_looked_at_stops_no_other_and_ends_the_third_time(folder, monkeypatch):
    bad, others = factories.message(purpose="visit-booked"), [factories.message() for _ in range(5)]

    def over(messages, *, at):
        raise ZeroDivisionError

    purpose = replace(PURPOSES.get("visit-booked"), over=over)
    monkeypatch.setitem(PURPOSES._by_code, purpose.code, purpose)
    for _time in range(3):
        delivery.deliver_due(at=NOW)
        the_lease_runs_out()

    assert len(sent(folder)) == len(others)
    bad.refresh_from_db()
    assert (bad.status, told_to_the_desk()) == ("dead", [(bad.pk, "dead")])
