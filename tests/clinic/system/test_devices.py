"""Everybody sees where they are signed in, and can sign out there."""

import re

import pytest

from clinic.lib import devices
from clinic.models import AuditEvent, BrowserSession, Role
from clinic.people import sessions
from tests import factories
from tests.typed_forms import Browser
from tests.web import as_, main_words

pytestmark = pytest.mark.django_db
PAGE = "/accounts/devices/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"


@pytest.fixture
def rasa():
    return factories.user(Role.DESK)


def is_signed_in(browser):
    return browser.open("/desk/").request["PATH_INFO"] == "/desk/"


def test_page_names_each_device_and_not_its_key(rasa):
    here = Browser(rasa)
    other = as_(rasa).session
    BrowserSession.objects.filter(pk=other.session_key).update(device=FIREFOX, address="192.0.2.7")

    page = here.open(PAGE)

    assert "Firefox on Windows" in main_words(page)
    assert "Network address 192.0.2.7." in main_words(page)
    assert re.findall(r"Sign out there (\w+)", main_words(page)) == ["Firefox"]
    for key in (other.session_key, here.client.session.session_key):
        assert key not in page.content.decode()


def test_what_a_browser_says_of_itself_is_kept_from_signing_in(rasa):
    client = as_(rasa)

    row = BrowserSession.objects.get(pk=client.session.session_key)

    assert (row.user, row.began_at, row.seen_at) == (rasa, row.seen_at, row.began_at)


@pytest.mark.parametrize(
    ("device", "are_left"),
    [("mark", [True, False, True]), ("elsewhere", [True, False, False]), ("everywhere", [False] * 3)],
)
def test_sessions_end_at_once(rasa, device, are_left):
    browsers = [Browser(rasa) for _each in range(3)]
    one = BrowserSession.objects.get(pk=browsers[1].client.session.session_key)
    browsers[0].open(PAGE)

    token = ("csrfmiddlewaretoken", dict(browsers[0].forms[0].values)["csrfmiddlewaretoken"])
    browsers[0].send(f"{PAGE}end/", [token, ("device", sessions.mark_of(one) if device == "mark" else device)])

    assert [is_signed_in(browser) for browser in browsers] == are_left
    assert AuditEvent.objects.filter(kind="sign-out", account=rasa).count() == 1


@pytest.mark.parametrize("is_theirs", [True, False])
def test_nobody_ends_the_session_of_another(rasa, is_theirs):
    other = Browser(factories.user(Role.DESK))
    mark = sessions.mark_of(BrowserSession.objects.get(pk=other.client.session.session_key))

    as_(rasa).post(f"{PAGE}end/", {"device": mark if is_theirs else "x"})

    assert is_signed_in(other)
    assert not AuditEvent.objects.filter(kind="sign-out").exists()


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (FIREFOX, ("Firefox", "Windows")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", ("Safari", "iPhone")),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/142.0 Safari/537.36", ("Chrome", "Android")),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/142.0 Safari/537.36 Edg/142.0", ("Edge", "Windows")),
        ("", ("", "")),
        ("curl/8", ("", "")),
    ],
)
def test_words_for_a_device(words, names):
    assert devices.words_of(words) == names
