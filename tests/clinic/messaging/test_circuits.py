"""A way out that is down is not a message that failed: it is paused, and one message finds out whether it works."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from clinic.messaging import circuits, delivery
from clinic.models import ChannelPause, Message
from tests import factories
from tests.clinic.messaging.deliveries import claim, states, the_lease_runs_out, told_to_the_desk
from tests.factories import NOW
from tests.services import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def down(settings):
    """Nobody listens where the mail server should be. Gives its address."""
    settings.EMAIL_URL = f"smtp://127.0.0.1:{free_port()}"
    return settings.EMAIL_URL


def pauses():
    return list(ChannelPause.objects.all())


def the_pause_ends():
    ChannelPause.objects.update(until=timezone.now() - timedelta(seconds=1))


def test_channel_that_is_down_costs_no_try_and_is_left_alone(down):
    for _ in range(30):
        factories.message(category="notice")

    delivery.deliver_due(at=NOW)
    began = Message.objects.exclude(outcome="").count()
    taken = delivery.deliver_due(at=NOW)

    assert (taken, set(Message.objects.values_list("tries", flat=True))) == (0, {0})
    assert 0 < began < 30  # those whose calls were open together; the others were not even tried
    assert not Message.objects.filter(attempts__isnull=False).exists()
    [pause] = pauses()
    assert (pause.name, pause.failures, pause.detail) == ("smtp", 1, "ConnectionRefusedError (CONNECT)")
    assert Message.objects.filter(next_try_at=F("due_at")).count() == 30
    assert told_to_the_desk() == []


def test_one_message_finds_out_and_each_time_in_vain_the_pause_is_longer(down):
    for _ in range(9):
        factories.message(category="notice")
    delivery.deliver_due(at=NOW)
    waits = []

    for _time in range(5):
        the_pause_ends()
        assert delivery.deliver_due(at=NOW) == 1
        waits.append(round((pauses()[0].until - timezone.now()).total_seconds()))

    assert waits == pytest.approx([10, 20, 40, 60, 60], abs=2)
    assert set(Message.objects.values_list("tries", flat=True)) == {0}


def test_once_it_works_again_everything_goes(down, settings, smtp_server):
    for category in ("reminder", "code", "safety", "notice"):
        factories.message(category=category, subject=category)
    delivery.deliver_due(at=NOW)
    settings.EMAIL_URL = smtp_server.url
    the_pause_ends()

    delivery.deliver_due(at=NOW)
    delivery.deliver_due(at=NOW)

    assert (states(), pauses()) == (["accepted"] * 4, [])
    assert smtp_server.mails[0]["Subject"] == "code"  # the most urgent one found out


def test_probe_is_given_to_one_worker(down):
    factories.message()
    delivery.deliver_due(at=NOW)
    the_pause_ends()

    first, second = circuits.Ways().probe("email"), circuits.Ways().probe("email")

    assert (first.is_probe, second) == (True, None)


def test_second_provider_takes_over_and_the_first_is_used_again_once_it_works(down, settings, smtp_server):
    settings.EMAIL_URL_2 = smtp_server.url
    first = factories.message(subject="While it is down")

    delivery.deliver_due(at=NOW)
    delivery.deliver_due(at=NOW)

    first.refresh_from_db()
    assert (first.status, first.way_out, first.tries) == ("accepted", "smtp-2", 1)
    settings.EMAIL_URL = smtp_server.url
    the_pause_ends()
    after = factories.message(subject="Afterwards")
    delivery.deliver_due(at=NOW)
    after.refresh_from_db()
    assert (after.status, after.way_out, pauses()) == ("accepted", "smtp", [])


def test_what_comes_too_late_ends_also_while_the_channel_is_down(down):
    late = factories.message(not_after=NOW + timedelta(hours=1))
    delivery.deliver_due(at=NOW)

    delivery.deliver_due(at=NOW + timedelta(hours=1, seconds=1))

    assert (states(), told_to_the_desk()) == (["expired"], [(late.pk, "expired")])


def test_channel_that_is_down_stops_no_other(down, sms_goes_out):
    mail, sms = factories.message(), factories.message(channel="sms", address="+37061234567", subject="")

    delivery.deliver_due(at=NOW)

    assert {message.pk: message.status for message in Message.objects.all()} == {mail.pk: "put-off", sms.pk: "accepted"}


def test_refusal_of_a_message_says_that_the_channel_works(down, settings, smtp_server):
    factories.message()
    delivery.deliver_due(at=NOW)
    settings.EMAIL_URL, smtp_server.refuse_with = smtp_server.url, "550 no such mailbox"
    the_pause_ends()

    delivery.deliver_due(at=NOW)

    assert (states(), pauses()) == (["dead"], [])


def test_what_a_dead_worker_left_behind_ends_when_it_is_too_late_also_while_the_channel_is_down(down):
    now = timezone.now()
    ChannelPause.objects.create(name="smtp", since=now, until=now + timedelta(hours=9))
    factories.message(not_after=NOW + timedelta(hours=1))
    claim()
    the_lease_runs_out()

    assert (delivery.deliver_due(at=NOW), states()) == (0, ["sending"])
    assert (delivery.deliver_due(at=NOW + timedelta(hours=2)), states()) == (1, ["expired"])
