"""Letters: their keys, which never change, and the templates of their purposes."""

from pathlib import Path

import pytest

from aftercare.message_purposes import NO_HEAVY_LIFTING
from clinic.lib.registry import NotRegistered
from clinic.message_purposes import SIGN_IN
from clinic.messaging import letters
from clinic.models import Message
from clinic.models.purposes import PURPOSES
from clinic.scheduling.message_purposes import VISIT_BOOKED, VISIT_REMINDER, WAITLIST_OFFER
from tests import factories


@pytest.mark.parametrize(
    ("letter", "channel", "sending", "key"),
    [
        (factories.letter(VISIT_BOOKED, cause=5, sequence=0), "email", 1, "appointment:5:visit-booked:0:email"),
        (
            factories.letter(VISIT_REMINDER, cause=5, occasion="24h", sequence=2),
            *("sms", 1, "appointment:5:visit-reminder:24h:2:sms"),
        ),
        (factories.letter(WAITLIST_OFFER, cause=7), "sms", 1, "waitlist:7:waitlist-offer:sms"),
        (
            factories.letter(NO_HEAVY_LIFTING, cause=9, occasion="at-once"),
            *("email", 3, "procedure:9:no-heavy-lifting:at-once:email:again:2"),
        ),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else "",
)
def test_key_of_the_same_letter_is_always_the_same(letter, channel, sending, key):
    """A row of before would be sent a second time if a key were made otherwise one day."""
    assert letters.key_of(letter.about, channel, sending) == key


def test_letter_without_a_cause_is_one_of_its_own():
    letter = factories.letter(SIGN_IN)

    first, second = (letters.key_of(letter.about, "email") for _ in range(2))

    assert (first[:8], second[:8], first == second) == ("sign-in:", "sign-in:", False)


@pytest.mark.parametrize(
    ("planned", "channel", "key"),
    [
        (
            {"key": "appointment:5:visit-booked:0:email", "cause": 5},
            *("sms", "appointment:5:visit-booked:0:sms"),
        ),
        (
            {"key": "appointment:5:visit-booked:0:email:again:1", "cause": 5, "sending": 2},
            *("sms", "appointment:5:visit-booked:0:sms:again:1"),
        ),
        (  # planned by e-mail, then it followed its patient
            {"key": "appointment:5:visit-booked:0:email", "cause": 5, "channel": "sms"},
            *("email", "appointment:5:visit-booked:0:email:instead"),
        ),
        ({"key": "advice:without-a-cause"}, "sms", "advice:without-a-cause:instead"),
    ],
)
def test_key_of_what_goes_by_the_other_channel_is_never_the_messages_own(planned, channel, key):
    message = Message(purpose=VISIT_BOOKED.code, sequence=0, **planned)

    assert letters.key_instead_of(message, channel) == key


def test_letter_of_a_purpose_that_nobody_has_is_refused():
    with pytest.raises(NotRegistered):
        letters.key_of({"purpose": "gone", "cause": 1, "occasion": "", "sequence": None}, "email")


def test_every_purpose_has_its_words_for_each_channel_and_no_words_are_left_over():
    folder = Path("templates/messages")
    there = {str(path.relative_to(folder)) for path in folder.rglob("[!_]*.txt")}
    templates = [purpose.template for purpose in PURPOSES if purpose.topic] + ["messaging/stop-reminders"]
    templates += ["scheduling/visits-reminder"]  # several in one

    assert there == {f"{template}.{channel}.txt" for template in templates for channel in ("email", "sms")}
