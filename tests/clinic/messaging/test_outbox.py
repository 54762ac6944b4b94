"""Putting messages into the outbox and withdrawing them; their text; quiet hours."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from aftercare.message_purposes import LIFTING_ALLOWED
from clinic.messaging import letters, outbox, quiet_hours, stop_links
from clinic.messaging.channels import TemporaryFailure
from clinic.models import Message, WorkItem
from clinic.models.purposes import PURPOSES
from tests import factories
from tests.clinic.messaging.deliveries import claim, hand_over
from tests.factories import NOW, at, civil

pytestmark = pytest.mark.django_db


# Scheduling


def test_schedule_puts_a_message_into_the_outbox():
    message = factories.message(key="visit:1")

    assert (message.key, message.status, message.next_try_at, message.tries) == ("visit:1", "waiting", NOW, 0)
    assert list(Message.objects.due(at=NOW)) == [message]
    assert list(Message.objects.due(at=NOW - timedelta(seconds=1))) == []


def test_schedule_of_the_same_key_changes_nothing():
    first = factories.message(key="visit:1")

    again = factories.message(key="visit:1", body="Other words", due_at=NOW + timedelta(days=1))

    assert (again.pk, again.body, again.due_at) == (first.pk, first.body, NOW)
    assert Message.objects.count() == 1


@pytest.mark.parametrize("twice", [[], ["new:1:email"]], ids=["at one go", "one is written meanwhile"])
def test_many_are_written_once_each(twice):
    """A key that comes twice is refused by the database like one that somebody else writes at this moment."""
    old = factories.message(key="old:email")
    fields = {name: getattr(old, name) for name in ("category", "channel", "address", "body", "due_at", "not_after")}
    wanted = [{**fields, "key": key, "next_try_at": NOW} for key in ["new:1:email", "old:email", "new:2:email", *twice]]

    are_new = [Message.objects.create_each_once(wanted), Message.objects.create_each_once(wanted)]

    assert are_new == [True, False]
    assert sorted(Message.objects.values_list("key", flat=True)) == ["new:1:email", "new:2:email", "old:email"]


def test_database_refuses_a_key_twice():
    message = factories.message()
    message.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        message.save(force_insert=True)


@pytest.mark.parametrize("changes", [{"address": ""}, {"status": "lost"}, {"status": "sending", "claim_token": None}])
def test_database_refuses_a_message_that_cannot_be(changes):
    message = factories.message()

    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(**changes)


@pytest.mark.django_db(transaction=True)
def test_schedule_in_a_transaction_that_is_rolled_back_leaves_nothing():
    with transaction.atomic():
        factories.message()
        transaction.set_rollback(True)

    assert Message.objects.count() == 0


@pytest.mark.parametrize(
    ("contacts", "expected"),
    [
        (
            {"email": "rasa@mail.example"},
            ("email", "rasa@mail.example", "You may lift again: Rasa E."),
        ),
        ({"email": "", "phone": "+37061234567"}, ("sms", "+37061234567", "")),
        (
            {"email": "rasa@mail.example", "phone": "+37061234567"},
            ("email", "rasa@mail.example", "You may lift again: Rasa E."),
        ),
    ],
)
def test_schedule_for_a_patient_uses_the_preferred_contact(contacts, expected):
    message = schedule_for(factories.patient(**contacts))

    assert (message.channel, message.address, message.subject) == expected
    assert (message.purpose, message.cause) == ("lifting-allowed", 5)


def test_schedule_for_a_patient_leaves_out_a_contact_that_has_ended():
    patient = factories.patient(email="old@mail.example", phone="+37061234567")
    patient.contacts.filter(system="email").update(until=NOW)

    assert schedule_for(patient).address == "+37061234567"


def test_schedule_for_a_patient_without_a_contact_becomes_a_work_item():
    patient = factories.patient(email="")

    assert (schedule_for(patient), schedule_for(patient)) == (None, None)

    item = WorkItem.objects.get()
    assert (item.kind, item.purpose, item.cause) == ("message_nowhere", "lifting-allowed", 5)
    assert (item.patient, item.due_at) == (patient, NOW)
    assert Message.objects.count() == 0


def schedule_for(patient):
    return outbox.schedule_for(patient, factories.letter(LIFTING_ALLOWED, cause=5))


# Text


@pytest.mark.parametrize("channel", ["email", "sms"])
@pytest.mark.parametrize(
    "code",
    [
        *("book-physiotherapy", "check-breathing", "how-are-you", "lifting-allowed", "no-heavy-lifting"),
        *("visit-booked", "visit-cancelled", "visit-moved"),
    ],
)
def test_compose_says_nothing_personal_where_others_may_read_it(code, channel):
    """A lock screen shows subjects and SMS."""
    factories.protocol()
    patient = factories.patient(given_name="Canaria", family_name="Canary")
    procedure = factories.signed(patient=patient, signed_at=NOW)
    context = {"patient": patient, "plan": procedure.care_plan, "appointment": procedure.appointment}

    subject, body = letters.compose(PURPOSES.get(code), channel, context)

    seen_by_others = subject if channel == "email" else subject + body
    assert [word for word in ("Canary", "patient", "1980", "Injection", "muscle") if word in seen_by_others] == []
    assert "Canaria C." in seen_by_others
    assert (bool(subject), "\n" in subject) == (channel == "email", False)
    assert ("Hello Canaria," in body, bool(body)) == (channel == "email", True)


def test_reminder_tells_how_to_stop_it_and_the_sms_says_whose_it_is_and_no_more():
    patient = factories.patient(given_name="Canaria", family_name="Canary", phone="+37061234567")

    mail = schedule_for(patient)

    stop = {"email": "You want no more reminders for Canaria C. from us? Stop them here:\n", "sms": "No reminders: "}
    assert mail.body.endswith(stop["email"] + stop_links.link_of(patient))
    assert mail.other_words.endswith(stop["sms"] + stop_links.link_of(patient))
    assert [word for word in ("Canary", "1980", "3706123", "mail.example") if word in mail.other_words] == []


def test_name_from_before_addresses_were_refused_makes_no_link():
    """Patient.save asks nothing: such a name was stored one day."""
    patient = factories.patient(given_name="https://evil.example/now", family_name="Www")

    written = [letters.compose(LIFTING_ALLOWED, channel, {"patient": patient}) for channel in ("email", "sms")]

    assert [words for words in written if "evil.example" in str(words)] == []
    assert "Hello https evil example now," in written[0][1]


def test_compose_escapes_nothing_for_it_is_plain_text():
    patient = factories.patient(given_name="D'Arcy & <Co>")

    _subject, body = letters.compose(LIFTING_ALLOWED, "email", {"patient": patient})

    assert body.startswith("Hello D'Arcy & <Co>,\n")


# Withdrawing and bringing back


def test_withdraw_takes_back_what_has_not_gone_out():
    waiting, put_off, claimed = factories.message(), factories.message(), factories.message()
    Message.objects.filter(pk=put_off.pk).update(status="put-off")
    Message.objects.filter(pk=waiting.pk).update(next_try_at=NOW + timedelta(hours=1))
    assert {message.pk for message in claim()} == {put_off.pk, claimed.pk}

    count = outbox.withdraw(Message.objects.all(), reason="booked", at=NOW)

    ended = set(Message.objects.values_list("status", "outcome", "ended_at", "claim_token"))
    assert (count, ended) == (3, {("withdrawn", "booked", NOW, None)})
    assert WorkItem.objects.count() == 0


@pytest.mark.parametrize("status", ["accepted", "delivered", "expired", "dead", "unknown", "withdrawn"])
def test_withdraw_leaves_what_has_ended(status):
    message = factories.message()
    Message.objects.update(status=status, outcome="as it was")

    assert outbox.withdraw(Message.objects.all(), reason="booked", at=NOW) == 0

    message.refresh_from_db()
    assert (message.status, message.outcome) == (status, "as it was")


class WithdrawnMeanwhile:
    """A provider that is slow: while it is called, the message loses its reason."""

    name, remembers_keys, can_be_asked = "slow", False, False

    def __init__(self, *, accepts):
        self.accepts = accepts

    def send(self, outgoing):
        outbox.withdraw(Message.objects.filter(key=outgoing.key), reason="booked", at=NOW)
        if not self.accepts:
            raise TemporaryFailure("451 later")
        return "reference"


@pytest.mark.parametrize(("accepts", "status", "outcome"), [(True, "accepted", ""), (False, "withdrawn", "booked")])
def test_withdraw_during_the_call_lets_it_end_and_never_try_again(accepts, status, outcome):
    message = factories.message()
    [claimed] = claim()

    hand_over(claimed, channel=WithdrawnMeanwhile(accepts=accepts))

    message.refresh_from_db()
    assert (message.status, message.outcome, WorkItem.objects.count()) == (status, outcome, 0)


def test_reinstate_brings_back_those_that_still_lie_ahead():
    past, ahead, sent = factories.message(), factories.message(due_at=NOW + timedelta(days=1)), factories.message()
    Message.objects.filter(pk=sent.pk).update(status="accepted")
    outbox.withdraw(Message.objects.all(), reason="booked", at=NOW)

    count = outbox.reinstate(Message.objects.all(), at=NOW)

    statuses = dict(Message.objects.values_list("pk", "status"))
    assert (count, statuses) == (1, {past.pk: "withdrawn", ahead.pk: "waiting", sent.pk: "accepted"})
    ahead.refresh_from_db()
    assert (ahead.outcome, ahead.ended_at, ahead.next_try_at) == ("", None, ahead.due_at)


# Quiet hours


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-03-02 07:59", "2026-03-02 08:00"),
        ("2026-03-02 08:00", None),
        ("2026-03-02 19:59", None),
        ("2026-03-02 20:00", "2026-03-03 08:00"),
        ("2026-03-02 00:00", "2026-03-02 08:00"),
        ("2026-03-28 22:00", "2026-03-29 08:00"),
        ("2026-10-24 22:00", "2026-10-25 08:00"),
        ("2026-12-31 23:59", "2027-01-01 08:00"),
    ],
)
def test_quiet_until_is_the_next_morning(now, until):
    found = quiet_hours.until(at(now))

    assert (civil(found) if found else None) == until
    assert civil(quiet_hours.outside(at(now))) == (until or now)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 9), ("2026-10-24", 11), ("2026-06-01", 10)])
def test_quiet_hours_are_those_on_the_wall_when_the_clock_changes(day, hours):
    evening = at(f"{day} 22:00")

    assert quiet_hours.until(evening).timestamp() - evening.timestamp() == hours * 3600
