"""The web server's entry point: each request is taken in whole, in its own time, before a thread works on it.

granian hands requests over as they come (RSGI). Whoever sends half a request, or one letter a minute, occupies no
thread: only THREADS requests are worked on at once, however many are on their way. The pages are those of `wsgi.py`.
"""

import asyncio
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote_to_bytes

from clinic.wsgi import application as pages

THREADS = 4
WAITING = 200  # requests that wait for a thread; more are told to come back
# A body has this long, and for each second more it must have brought so many bytes.
BODY_SECONDS, LEAST_BYTES_A_SECOND = 10, 10_000
IN_MEMORY = 1024 * 1024  # of a body; the rest is in a file without a name
LARGEST_BODY = 128 * 1024 * 1024  # six pictures of 20 MB
TELLS_LENGTH = "content-length"


class Refused(Exception):
    """Not worked on: `status` is the answer of HTTP."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


class Application:
    def __init__(self, wsgi):
        self.wsgi = wsgi
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="page")
        self.waiting = 0

    async def __rsgi__(self, scope, protocol):
        try:
            body = await taken_in(scope, protocol)
            status, headers, content = await self.worked_on(environ_of(scope, body))
        except Refused as refusal:
            protocol.response_empty(refusal.status, [("connection", "close"), ("retry-after", "5")])
            return
        protocol.response_bytes(status, headers, content)

    async def worked_on(self, environ):
        if self.waiting >= WAITING:
            raise Refused(503)
        self.waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.threads, self.answer, environ)
        finally:
            self.waiting -= 1

    def answer(self, environ):
        """Status, headers and content of what the pages answer."""
        told = []
        parts = self.wsgi(environ, lambda status, headers, error=None: told.append((status, headers)))
        try:
            content = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        status, headers = told[-1]
        return int(status.split(" ", 1)[0]), [(name.lower(), value) for name, value in headers], content


async def taken_in(scope, protocol):
    """The body, as a file. Raises Refused for one that is too long (413), comes too slowly (408) or not whole (400)."""
    length = int(scope.headers.get(TELLS_LENGTH) or 0)
    if length > LARGEST_BODY:
        raise Refused(413)
    body = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the request that it is of closes it
    if length:
        try:
            await _taken_into(body, protocol)
        except TimeoutError:
            raise Refused(408) from None
        if body.tell() != length:
            raise Refused(400)  # half a form is none
    body.seek(0)
    return body


async def _taken_into(body, protocol):
    async with asyncio.timeout(BODY_SECONDS) as limit:
        began_at = limit.when() - BODY_SECONDS
        async for part in protocol:
            body.write(part)
            limit.reschedule(began_at + BODY_SECONDS + body.tell() / LEAST_BYTES_A_SECOND)


def environ_of(scope, body):
    """As PEP 3333 has it. A header with "_" in its name is left out: it would look like another's."""
    server, _colon, port = scope.server.rpartition(":")
    environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope.path).decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": server,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        if "_" not in name:
            _add(environ, name.upper().replace("-", "_"), value)
    if scope.authority:
        environ["HTTP_HOST"] = scope.authority
    return environ | {"CONTENT_LENGTH": scope.headers.get(TELLS_LENGTH) or "0"}


def _add(environ, name, value):
    key = name if name == "CONTENT_TYPE" else f"HTTP_{name}"
    between = "; " if key == "HTTP_COOKIE" else ","
    environ[key] = f"{environ[key]}{between}{value}" if key in environ else value


application = Application(pages)
