"""A promise is made only where the channel can keep it: without a provider, no page says that we send anything.

There is no list of pages here: they come from the URLconf (tests.pages.page_collection).
"""

import re

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from clinic.models import Role, User
from tests import factories
from tests.journeys.steps import TUESDAY
from tests.pages.page_collection import Gathering, names_of_site, open_small_demo, signed_in
from tests.pages.texts import text_of_page

PROMISE = re.compile(
    r"\b(we|clinic) (will |are |have |also |then |always )*(send|sending|sent|write|text|remind|mail)\b"
    r"|gets a message|(send|remind) (you|me)\b|by SMS|are sending|you get (a|an|our) (message|e-mail|SMS|reminder)"
    r"|look (in|into) your (e-mail|mailbox)|reminded",
    re.IGNORECASE,
)
# What is said about the past, about somebody's wish, or as a title of a page.
NO_PROMISE = re.compile(
    "how we write to you|we write down|what we sent you|we have not sent|not sent yet"
    "|we cannot (write|send)[^.]*|we send nothing",
    re.IGNORECASE,
)
# Shows what was sent, word for word.
SHOWS_MESSAGES = {"desk-message", "desk-patient-messages", "desk-messages", "practice-messages"}


class Sentences(Gathering):
    """`promises`: what pages say of sending, each with the first page that says it."""

    def __init__(self):
        super().__init__(name for name in names_of_site() if not name.startswith("admin:"))
        self.promises = {}

    def keep(self, page):
        if page.name not in SHOWS_MESSAGES | {"styleguide"}:
            text = NO_PROMISE.sub("", " ".join(str(text_of_page(page.html)).split()))
            for found in PROMISE.finditer(text):
                self.promises.setdefault(text[max(0, found.start() - 40) : found.end() + 40], str(page))
        return page


@pytest.fixture
def tuesday(time_machine):
    time_machine.move_to(factories.at(TUESDAY), tick=True)


@pytest.mark.once
@pytest.mark.repeated_queries_allowed
def test_no_page_promises_what_cannot_be_sent(db, tuesday, request):
    """With no channel at all nothing is promised; with mail alone, no SMS, and the words looked for are used."""
    without_any, without_sms = Sentences(), Sentences()
    with transaction.atomic():
        open_small_demo()
        people = {role: User.objects.get(email=f"{role}@demo.example") for role in [*Role.values, "patient"]}
        with override_settings(MESSAGES_TO_FILES=False):
            without_any.of_demo(signed_in(people))
        transaction.set_rollback(True)
    world = request.getfixturevalue("world")
    call_command("loaddata", "symptom_questions", verbosity=0)
    with override_settings(MESSAGES_TO_FILES=False):
        without_any.of_matrix(world["clients"], world["arguments"])
    with override_settings(SMS_CHANNEL="none"):
        without_sms.of_matrix(world["clients"], world["arguments"])

    assert without_any.promises == {}
    assert {words: page for words, page in without_sms.promises.items() if "SMS" in words} == {}
    assert len(without_sms.promises) > 8
