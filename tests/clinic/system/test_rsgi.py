"""Whoever sends half a request occupies no thread; only a whole one is worked on."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from clinic import rsgi
from clinic.rsgi import Application, environ_of

pytestmark = pytest.mark.once
HEADERS = {"host": "clinic.example", "cookie": "a=1", "x-real-ip": "192.0.2.1", "x_real_ip": "6.6.6.6"}


class Sent:
    """A request on its way: `parts` of its body, and None where it stays away. Remembers its answer."""

    def __init__(self, *parts, length=None, **scope):
        self.parts, self.answer = parts, None
        length = sum(len(part or b"") for part in parts) if length is None else length
        headers = HEADERS | ({"content-length": str(length)} if length else {})
        told = {"method": "POST", "path": "/caf%C3%A9/", "query_string": "q=%C4%85", "scheme": "http"}
        told |= {"http_version": "1.1", "client": "[2001:db8::7]:5000", "server": "127.0.0.1:8000", "authority": None}
        self.scope = SimpleNamespace(**told | {"headers": headers} | scope)

    async def __aiter__(self):
        for part in self.parts:
            if part is None:
                await asyncio.Event().wait()
            yield part

    def response_empty(self, status, headers):
        self.answer = status, dict(headers), b""

    def response_bytes(self, status, headers, content):
        self.answer = status, dict(headers), content


def echo(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["REQUEST_METHOD"].encode(), b" ", environ["wsgi.input"].read()]


def answer_to(*requests, wsgi=echo):
    application = Application(wsgi)

    async def all_at_once():
        await asyncio.gather(*(application.__rsgi__(request.scope, request) for request in requests))

    with ThreadPoolExecutor(1) as pool:  # a browser of another test may have left its loop running in this thread
        pool.submit(asyncio.run, all_at_once()).result()
    return [request.answer for request in requests]


@pytest.fixture
def soon(monkeypatch):
    monkeypatch.setattr(rsgi, "BODY_SECONDS", 0.05)


def test_a_whole_request_is_answered():
    assert answer_to(Sent(b"a=", b"1")) == [(200, {"content-type": "text/plain"}, b"POST a=1")]


def test_unfinished_requests_hold_up_nobody(soon):
    unfinished = [Sent(b"a=", None, length=1_000) for _ in range(50)]

    answers = answer_to(*unfinished, Sent(method="GET"))

    assert [status for status, _headers, _content in answers] == [408] * 50 + [200]
    assert answers[0][1]["connection"] == "close"


def test_a_letter_now_and_then_is_not_enough(soon, monkeypatch):
    monkeypatch.setattr(rsgi, "LEAST_BYTES_A_SECOND", 10_000)

    ((status, _headers, _content),) = answer_to(Sent(*[b"a"] * 20, None, length=1_000))

    assert status == 408


def test_half_a_form_is_none():
    assert answer_to(Sent(b"wants=off&sure", length=100))[0][0] == 400


def test_a_body_that_nobody_asked_for_is_not_taken_in():
    assert answer_to(Sent(b"", length=rsgi.LARGEST_BODY + 1))[0][0] == 413


def test_more_than_can_wait_are_told_to_come_back(monkeypatch):
    monkeypatch.setattr(rsgi, "WAITING", 2)

    answers = answer_to(*(Sent(method="GET") for _ in range(5)))

    assert sorted(status for status, _headers, _content in answers) == [200, 200, 503, 503, 503]


def test_pages_see_the_request_as_it_was_sent():
    environ = environ_of(Sent(b"a=1").scope, None)

    told = {"PATH_INFO": "/caf\xc3\xa9/", "QUERY_STRING": "q=%C4%85", "REMOTE_ADDR": "2001:db8::7"}
    told |= {"HTTP_COOKIE": "a=1", "CONTENT_LENGTH": "3", "HTTP_HOST": "clinic.example", "SERVER_PORT": "8000"}
    assert {name: environ[name] for name in told} == told


def test_a_header_cannot_be_taken_for_another():
    assert environ_of(Sent().scope, None)["HTTP_X_REAL_IP"] == "192.0.2.1"
