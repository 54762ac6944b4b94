"""Public pages are cached as rendered, never older than the texts at /manage/, and contain nothing personal."""

import gzip
from datetime import timedelta

import brotli
import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone

from clinic.apps import PUBLIC_MODELS
from clinic.middleware import PageCacheMiddleware
from clinic.models import Page, Role, WordsVersion
from clinic.website import page_cache
from procedures.models import BodyRegion
from tests import factories
from tests.public_addresses import addresses, load_words

pytestmark = pytest.mark.django_db

# Tables that no version follows, and why a page may still be cached.
AT_MOST_A_MINUTE_OLD = {
    "clinic_appointment": "next free times: what is booked meanwhile is refused with three others",
    "clinic_timetableversion": "the version of the hours, all of which are noted themselves",
}

OPEN_TIMES = 3  # of a page that is never cached


def queries(act):
    with CaptureQueriesContext(connection) as captured:
        act()
    return captured.captured_queries


def asked_for(client, address, **headers):
    return client.get(address, headers=headers)


@pytest.fixture(scope="module")
def catalogue(rows_of_the_module):
    load_words()


@pytest.fixture
def home(catalogue):
    return reverse("home")


def test_public_pages_ask_the_database_three_times_at_most_and_once_when_cached(catalogue):
    offenders = []
    everywhere = addresses()
    for address in everywhere:
        Client().get(address)  # a process that has served pages before
    page_cache.clear()
    page_cache.known_version()

    for address in everywhere:
        first, again = (len(queries(lambda a=address: Client().get(a))) for _ in range(2))
        if first > 3 or again > (OPEN_TIMES if resolve(address).url_name == "book-times" else 1):
            offenders.append(f"{address}: {first} queries, {again} when cached")

    assert offenders == []
    assert len(everywhere) > 20


def test_every_table_behind_a_public_page_is_watched(catalogue):
    """A page made of rows whose changes go unnoticed would still show what was corrected."""
    tables = set()
    for address in addresses():
        for query in queries(lambda a=address: Client().get(a)):
            tables |= {table for table in connection.introspection.table_names() if f'"{table}"' in query["sql"]}

    before = set(tables)
    for table in sorted(before):
        tables -= {table} if is_noted(table) else set()

    assert tables - {WordsVersion._meta.db_table} - set(AT_MOST_A_MINUTE_OLD) == set()
    assert len(before) > len(PUBLIC_MODELS) / 2


def is_noted(table):
    catalog, column = (
        ("pg_trigger", "tgrelid::regclass::text")
        if connection.vendor == "postgresql"
        else ("sqlite_master", "tbl_name")
    )
    name = "tgname" if connection.vendor == "postgresql" else "name"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM {catalog} WHERE {column} = %s", [table])
        return any("words" in row[0] for row in cursor.fetchall())


def test_cached_page_is_the_page(client, home):
    first, again = client.get(home), client.get(home)

    assert again.content == first.content
    assert {**first.headers} == {**again.headers}
    assert first.headers["Cache-Control"] == "no-cache"
    assert {"Cookie", "Accept-Encoding"} <= {name.strip() for name in first.headers["Vary"].split(",")}


@pytest.mark.parametrize("is_cached", [False, True])
def test_who_has_the_page_is_told_so_until_its_words_change(client, home, is_cached):
    tag = client.get(home).headers["ETag"]
    if not is_cached:
        page_cache.clear()

    assert asked_for(client, home, if_none_match=tag).status_code == 304
    Page.objects.filter(slug="home").update(title="Corrected by the manager")
    corrected = asked_for(client, home, if_none_match=tag)

    assert corrected.status_code == 200
    assert "Corrected by the manager" in corrected.content.decode()
    assert asked_for(client, home, if_none_match=corrected.headers["ETag"]).status_code == 304


def test_change_of_another_page_is_read_at_once(client, catalogue):
    address = reverse("region", args=["head"])
    client.get(address), client.get(address)

    BodyRegion.objects.filter(key="head").update(felt_like="Something new is felt.")

    assert "Something new is felt." in client.get(address).content.decode()


def test_page_is_rendered_anew_after_a_minute(client, home):
    with time_machine.travel(timezone.now(), tick=False) as now:
        client.get(home)
        assert len(queries(lambda: client.get(home))) == 1
        now.shift(timedelta(seconds=page_cache.MAX_AGE_SECONDS))
        assert len(queries(lambda: client.get(home))) > 1


def test_who_is_signed_in_gets_a_page_of_their_own(client, home):
    client.get(home)

    client.force_login(factories.user(Role.DESK))
    own = client.get(home)

    assert "Sign out" in own.content.decode()
    assert own.headers["Cache-Control"] == "no-store, private"
    assert "ETag" not in own.headers
    assert "Sign out" not in Client().get(home).content.decode()


def test_what_the_signed_in_see_is_never_packed_and_visitors_pages_are(client, home):
    packed = [asked_for(client, home, accept_encoding="gzip, deflate, br") for _ in range(2)]
    zipped = asked_for(client, home, accept_encoding="gzip")
    plain = asked_for(client, home, accept_encoding="br;q=0, identity")
    client.force_login(factories.user(Role.DESK))
    own = asked_for(client, home, accept_encoding="gzip, br")

    assert [answer.headers.get("Content-Encoding") for answer in (*packed, zipped, plain, own)] == [
        *("gzip", "br", "gzip", None, None)
    ]
    assert brotli.decompress(packed[1].content) == gzip.decompress(zipped.content) == plain.content
    assert packed[1].headers["Content-Length"] == str(len(packed[1].content))


@pytest.mark.repeated_queries_allowed
def test_message_that_waits_for_a_visitor_is_shown_once_and_never_cached(client, home):
    client.get(home)
    client.force_login(factories.user(Role.DESK))
    client.post(reverse("account_logout"))

    told, after, stranger = client.get(home), client.get(home), Client().get(home)

    assert 'class="messages"' in told.content.decode()
    assert told.headers["Cache-Control"] == "no-store, private"
    assert 'class="messages"' not in after.content.decode() + stranger.content.decode()


def test_words_of_a_question_are_not_cached(client, home):
    client.get(home, {"q": "x"})

    assert len(queries(lambda: client.get(home))) > 1


def test_cached_pages_refuse_a_foreign_name_as_others_do(client, home):
    client.get(home)

    answer = client.get(home, headers={"host": "evil.example"})

    assert answer.status_code == 400
    assert b"evil.example" not in answer.content


def test_no_more_pages_are_cached_than_there_is_room_for(client, catalogue, monkeypatch):
    monkeypatch.setattr(page_cache, "MAX_PAGES", 2)

    for address in addresses():
        client.get(address)

    assert len(page_cache._pages) == 2


def test_pages_are_cached_behind_everything_that_protects():
    order = settings.MIDDLEWARE
    name = f"{PageCacheMiddleware.__module__}.{PageCacheMiddleware.__name__}"

    for outer in ("SecurityMiddleware", "CSPMiddleware", "PrivacyHeadersMiddleware", "VisitorsGZipMiddleware"):
        assert next(place for place, each in enumerate(order) if each.endswith(outer)) < order.index(name)
