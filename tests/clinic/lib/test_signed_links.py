"""Links that carry their own proof."""

import pytest

from clinic.lib.signed_links import SignedLink

pytestmark = pytest.mark.once

# As in a message of last year, made with the key below.
SENT = "41.2:EFI-GyWGuDZpc0VaO8jb1cZLjaU"


@pytest.fixture
def link(settings):
    settings.SECRET_KEY = "a key of nobody's clinic"
    return SignedLink("visit", salt="clinic.visits")


def test_a_link_tells_what_it_is_about(link):
    assert link.read(link.token_for(7)) == "7"


def test_links_that_were_sent_stay_good(link):
    assert link.token_for("41.2") == SENT
    assert link.read(SENT) == "41.2"


def test_the_address_is_whole(link, settings):
    settings.SITE_URL = "https://clinic.example"

    assert link.address_for("41.2") == f"https://clinic.example/visits/{SENT}/"


@pytest.mark.parametrize("token", ["", "x", "41.2", f"41.3{SENT[4:]}", f"{SENT}x", SENT[:-1]])
def test_a_token_that_we_did_not_make_tells_nothing(link, token):
    assert link.read(token) is None


def test_the_token_of_another_page_tells_nothing(link):
    assert SignedLink("reminders", salt="clinic.reminders").read(link.token_for(7)) is None
