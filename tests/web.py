"""Pages requested by somebody, and what they answer."""

import html
import re

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories

NOT_FOUND = (404, "We cannot find this page")
NOT_YOURS = (403, "This page is not for your role")
TOO_OLD = (403, "This form was open for too long")
REFUSED = (409, "That could not be done")


def as_(user):
    """A browser in which `user` is signed in."""
    client = Client()
    client.force_login(user)
    return client


def sign_in(client, patient):
    """Signs in the patient's own account, and returns it."""
    account = factories.account_of(patient)
    client.force_login(account)
    return account


def text(answer):
    """The page with every run of white space as one space."""
    return " ".join(answer.content.decode().split())


def refusal(answer):
    """How somebody is refused: the status, and the heading of the page."""
    return answer.status_code, heading(answer)


def heading(answer):
    return re.search(r"<h1[^>]*>(.*?)</h1>", answer.content.decode(), re.DOTALL)[1].strip()


def words(answer):
    """What a person reads of the page: without tags, scripts and styles."""
    return read(answer.content.decode())


def main_words(answer):
    """What a person reads of the page's own part, without head and foot."""
    return read(answer.content.decode().partition("<main")[2].partition("</main>")[0])


def read(page):
    without_tags = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    return html.unescape(" ".join(without_tags.split()))


def queries_of(client, path, data=None):
    """How many queries a page makes, once it has been requested before."""
    client.get(path, data)  # what is cached between requests is cached now
    with CaptureQueriesContext(connection) as queries:
        client.get(path, data)
    return len(queries)
