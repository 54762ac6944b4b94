"""Links that carry their own proof, and why one is no longer good."""

import pytest

from aftercare.symptoms import check_times
from clinic.lib.signed_links import Reason, SignedLink
from clinic.messaging import stop_links
from clinic.scheduling import visit_answers

pytestmark = pytest.mark.once

# In messages that were sent, made with the key below by the code of before there was a home for links.
SENT = "41.2:EFI-GyWGuDZpc0VaO8jb1cZLjaU"
SENT_LINKS = [
    (visit_answers.LINK, (41, 2), f"/visits/{SENT}/"),
    (stop_links.LINK, (41,), "/reminders/41:3leHm_-o8LuysTkxDFSDAFBTpVc/"),
    (check_times.LINK, (41,), "/check/41:L2IoySf1wnCP5FP8-ffGvyl4EUQ/"),
]


def about(*numbers):
    return numbers


@pytest.fixture
def link(settings):
    settings.SECRET_KEY = "a key of nobody's clinic"
    settings.SITE_URL = "https://clinic.example"
    return SignedLink(
        "visit",
        salt="clinic.visits",
        find=about,
        reasons=[
            Reason(lambda pk, sequence, at: sequence > 1, "It has moved."),
            Reason(lambda pk, sequence, at: at >= 18, "It is over."),
        ],
    )


def test_a_link_tells_what_it_is_about(link):
    assert link.find(link.token_for(7)) == (7,)
    assert link.find(SENT) == (41, 2)


@pytest.mark.parametrize(("of_page", "numbers", "address"), SENT_LINKS)
def test_links_that_were_sent_stay_good(of_page, numbers, address, settings):
    settings.SECRET_KEY, settings.SITE_URL = "a key of nobody's clinic", "https://clinic.example"
    now = SignedLink(of_page.view, salt=of_page.salt, find=about)

    assert now.address_for(*numbers) == f"https://clinic.example{address}"
    assert now.find(address.split("/")[2]) == numbers


@pytest.mark.parametrize("token", ["", "x", "41.2", f"41.3{SENT[4:]}", f"{SENT}x", SENT[:-1]])
def test_a_token_that_we_did_not_make_tells_nothing(link, token):
    assert link.find(token) is None


def test_the_token_of_another_page_tells_nothing(link):
    assert SignedLink("reminders", salt="clinic.reminders", find=about).find(link.token_for(7)) is None


@pytest.mark.parametrize(
    ("sequence", "at", "sentence"),
    [(1, 17, ""), (1, 18, "It is over."), (2, 17, "It has moved."), (2, 18, "It has moved.")],
)
def test_the_first_reason_that_holds_is_given(link, sequence, at, sentence):
    assert link.why_not(41, sequence, at=at) == sentence
