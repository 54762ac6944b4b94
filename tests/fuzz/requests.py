"""The requests of the fuzz: for every address, everybody who may open it, and each field of each form of it."""

import random
import re
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test.client import BOUNDARY, MULTIPART_CONTENT, Client, encode_multipart
from django.urls import get_resolver, reverse
from django.urls.converters import IntConverter

from tests.architecture.authorisation import TABLE
from tests.architecture.source import PACKAGES, python_files
from tests.fuzz import values
from tests.fuzz.pages import FILE, forms_in

LEFT_OUT = {"account_logout", "demo-sign-in"}
QUERY = re.compile(r"GET(?:\.get(?:list)?\(|\[)[\"'](\w+)[\"']|[\"'](\w+)[\"'] in request\.GET")


@dataclass(frozen=True)
class Try:
    """One request of one person; `what` tells a reader of a failure what was changed."""

    who: str
    method: str
    address: str
    what: str
    body: bytes = b""
    kind: str = values.FORM
    cookies: tuple = ()


def query_names():
    """What views read from the query of an address, in any package."""
    found = {name for path in python_files(*PACKAGES) for pair in QUERY.findall(path.read_text()) for name in pair}
    return sorted(found - {""})


def addresses(resolver=None, namespace=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from addresses(pattern, f"{pattern.namespace}:" if pattern.namespace else namespace)
        elif pattern.name and pattern.name not in LEFT_OUT:
            yield f"{namespace}{pattern.name}", pattern


def openers(name):
    """Who may open it, the first of them first, and a stranger."""
    rule = TABLE.get(name)
    who = ["manager"] if name.startswith("admin:") else list(rule.who if rule else [])
    return who or ["anonymous"]


def different(forms):
    """One of each kind: a page of open times has a form for each of them."""
    kinds = {}
    for form in forms:
        kinds.setdefault((re.sub(r"\d+", "0", form.action), form.method, tuple(form.names())), form)
    return kinds.values()


class Fuzz:
    """`most` is how many tries are made for each address, the same ones for the same `seed`; None: all there are."""

    def __init__(self, world, *, most=None, seed=0):
        self.world, self.most = world, most
        self.random = random.Random(seed)
        self.names = query_names()
        self.client = Client(raise_request_exception=False)

    def tries(self):
        for name, pattern in addresses():
            if self.most is None:
                for who in openers(name):
                    yield from self.of_address(name, pattern, who)
            else:
                found = list(self.of_address(name, pattern, self.random.choice(openers(name))))
                yield from self.random.sample(found, min(self.most, len(found)))

    def sent(self, one):
        """The answer to one try. What it did is taken back, also if it signed somebody out."""
        cookies = {name: morsel.coded_value for name, morsel in self.world["clients"][one.who].cookies.items()}
        header = "; ".join(f"{name}={value}" for name, value in (cookies | dict(one.cookies)).items())
        with transaction.atomic():
            answer = self.client.generic(one.method, one.address, one.body, one.kind, HTTP_COOKIE=header)
            transaction.set_rollback(True)
        return answer

    def of_address(self, name, pattern, who):
        yield from self._numbers(pattern, who, name)
        try:
            address = reverse(name, kwargs=self._arguments(name, pattern))
        except Exception:  # an address of the catalogue that takes what we do not know
            return
        page = self.sent(Try(who, "GET", address, name))
        html = page.content.decode(errors="replace") if not page.streaming else ""
        for form in different(forms_in(html, address)) if "html" in page.get("Content-Type", "") else []:
            if form.action.startswith("/") and not form.action.startswith("/accounts/logout"):
                yield from self._of_form(form, who, name)
        yield from self._queries(address, who, name)
        yield from self._bodies(address, who, name)

    def _arguments(self, name, pattern):
        known = self.world["arguments"].get(name)
        if known or not name.startswith("admin:"):
            return known
        return {part: "1" for part in getattr(pattern.pattern, "converters", {})} or None

    def _some(self, choices):
        return choices if self.most is None else [self.random.choice(choices)]

    def _numbers(self, pattern, who, name):
        converters = getattr(pattern.pattern, "converters", None) or {}
        given = self.world["arguments"].get(name) or {}
        for part, converter in converters.items():
            odd = values.ROW_NUMBERS if isinstance(converter, IntConverter) else values.STEPS
            for value in self._some(odd):
                try:
                    address = reverse(name, kwargs={**dict.fromkeys(converters, 1), **given, part: value})
                except Exception:  # the URLconf lets no such step through
                    continue
                for method in ("GET", "POST"):
                    yield Try(who, method, address, f"{name}: {part} in the address")

    def _queries(self, address, who, name):
        for query in self._some(self.names):
            for value in self._some(values.VALUES):
                yield Try(who, "GET", f"{address}?{urlencode({query: value})}", f"{name}: ?{query}")
        everything = {query: self.random.choice(values.VALUES) for query in self.names}
        yield Try(who, "GET", f"{address}?{urlencode(everything)}", f"{name}: each query")
        yield Try(who, "GET", f"{address}?{'q=1&' * 1_500}", f"{name}: too many queries")
        yield Try(who, "GET", f"{address}?q=%ff%00&%00=%00", f"{name}: bytes as query")

    def _bodies(self, address, who, name):
        for kind, body in self._some(values.BODIES):
            yield Try(who, "POST", address, f"{name}: a body that says to be {kind[:60]}", body, kind)
        for cookies in self._some(values.COOKIES):
            yield Try(who, "GET", address, f"{name}: cookies {sorted(cookies)}", cookies=tuple(cookies.items()))

    def _of_form(self, form, who, name):
        for field in form.names():
            if field == "csrfmiddlewaretoken":
                continue
            for value in self._some([*values.VALUES, None, FILE]):
                yield self._with(form, who, f"{name}: {field} of a form", {field: value})
        odd = {field: self.random.choice(values.VALUES) for field in form.names() if field != "csrfmiddlewaretoken"}
        yield self._with(form, who, f"{name}: each field of a form", odd)

    def _with(self, form, who, what, changed):
        """The form as its page sent it, but for what is changed: None leaves the field out.

        Of a list in which nothing is chosen something is: rules about two fields look at both.
        """
        kept = [(name, value) for name, value in form.fields if name not in changed]
        sent = [(name, value or self.random.choice(form.choices.get(name, [value]))) for name, value in kept]
        sent += [(name, value) for name, value in changed.items() if value is not None]
        if form.method != "post":
            asked = urlencode([(name, value) for name, value in sent if value is not FILE])
            return Try(who, "GET", f"{form.action.partition('?')[0]}?{asked}", what)
        data = {}
        for name, value in sent:
            data.setdefault(name, []).append(SimpleUploadedFile("x.png", b"\x89PNG\0") if value is FILE else value)
        return Try(who, "POST", form.action, what, encode_multipart(BOUNDARY, data), MULTIPART_CONTENT)
