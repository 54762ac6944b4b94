"""Every page of the URLconf, as each person finds it: in a new clinic, in a busy one, and with nothing filled in.

The addresses and who may open them come from the matrix of addresses; what else a page needs comes from the
matrix's own patient, from a patient and a visit about whom nothing is known yet, and from the links of the demo clinic.
"""

from copy import deepcopy
from dataclasses import dataclass
from random import Random

from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils import timezone

from aftercare.demo.moments import Moment
from aftercare.management.commands.seed_demo import FIXTURES, SEED, write_clinic
from tests import factories
from tests.architecture.authorisation import TABLE
from tests.architecture.test_authorisation_matrix import MANAGERS, addresses, rule_for
from tests.pages.structure import Structure

# What answers to GET and is no page. Any other address that shows nobody a page fails the test.
NOT_PAGES = {
    "admin:None": "leads to the address with a slash",
    "admin:autocomplete": "JSON",
    "admin:jsi18n": "a script",
    "admin:login": "leads to the one way in",
    "admin:logout": "ends the session",
    "admin:password_change": "leads to our own page",
    "admin:view_on_site": "leads to the page itself",
    "book-calendar": "a calendar file",
    "book-code": "asks for a code that was sent: tests/journeys/test_booking_windows.py looks at it",
    "book-times-json": "JSON",
    "care-check-pain": "thanks once, after the tap in an e-mail: tests/journeys/test_days_after.py looks at it",
    "favicon": "a picture",
    "healthz": "JSON",
    "manifest": "JSON",
    "mfa_authenticate": "right after the password: tests/journeys/test_passkeys.py looks at it",
    "mfa_login_webauthn": "JSON",
    "mfa_reauthenticate": "for who has a second factor: its form is that of mfa_authenticate",
    "mfa_reauthenticate_webauthn": "for who has a passkey: tests/journeys/test_passkeys.py looks at it",
    "my-aftercare-next-visit": "leads to the open times",
    "my-calendar": "a calendar file",
    "my-data-take-along": "a file to take along",
    "person-photo": "a picture",
    "practice-lots-csv": "a table to download",
    "practice-record-pdf": "a file to keep",
    "practice-record-image": "a picture",
    "practice-record-image-thumbnail": "a picture",
    "readyz": "JSON",
    "robots": "plain text",
    "sitemap": "XML",
    "styleguide-tokens": "a stylesheet",
    "workplace": "leads to one's workplace",
}
ACTS_ON_A_ROW = {"change", "delete", "history"}
NO_PAGE_OF_ITS_OWN = {400, 403, 404, 405, 500}  # these are checked in test_pages_of_errors


@dataclass
class Page:
    name: str
    state: str
    person: str
    address: str
    status: int
    template: str
    html: str
    headers: dict

    def __post_init__(self):
        self.structure = Structure(self.html)

    def __str__(self):
        return f"{self.name} ({self.state}, {self.person}) {self.address}"


class Gathering:
    """Requests pages of the site. `pages` are those with some part that no earlier page of that name had."""

    links_followed = 2  # per name and person

    def __init__(self, names):
        self.names, self.pages, self.seen, self.found = sorted(names), [], {}, set()
        self.refused, self.broken = set(), []

    def ask(self, client, name, address, *, state, person, method="GET", data=None):
        """The page, or None. Whatever the request changed is rolled back."""
        client.raise_request_exception, cookies = False, deepcopy(client.cookies)
        with transaction.atomic():
            response = client.generic(method, address) if data is None else client.post(address, data)
            transaction.set_rollback(True)
        client.cookies = cookies
        if response.status_code == 500:
            self.broken.append(
                f"{name} ({state}, {person}) {method} {address}: {response.exc_info and response.exc_info[1]!r}"
            )
        if not response.headers.get("Content-Type", "").startswith("text/html") or 300 <= response.status_code < 400:
            return None
        if response.status_code in NO_PAGE_OF_ITS_OWN:
            self.refused.add(name)
            return None
        html, template = response.content.decode(), next((used.name for used in response.templates), "")
        return self.keep(
            Page(name, state, person, address, response.status_code, template, html, dict(response.headers))
        )

    def keep(self, page):
        if page.status < 400:
            self.found.add(page.name)
        # Django's own pages for the catalogue are all made of the same parts.
        seen = self.seen.setdefault("admin" if page.name.startswith("admin:") else page.name, set())
        if not page.structure.parts <= seen:
            seen |= page.structure.parts
            self.pages.append(page)
        return page

    def of_new_clinic(self, clients):
        """A clinic with nothing but accounts."""
        for name, person in self.open_doors():
            if (address := address_of(name)) and person in clients:
                self.ask(clients[person], name, address, state="empty", person=person)

    def of_matrix(self, clients, arguments):
        """The patient of the matrix; then a patient and a visit about whom nothing is known."""
        lean = lean_objects()
        for name, person in self.open_doors():
            filled = arguments.get(name)
            if address := address_of(name, filled):
                self.ask(clients[person], name, address, state="filled", person=person)
                if "POST" in rule_for(name).methods:
                    self.ask(clients[person], name, address, state="error", person=person, method="POST", data={})
            for pk in lean if filled and "pk" in filled else []:
                address = address_of(name, filled | {"pk": pk})
                self.ask(clients[person], name, address, state="nothing known", person=person)
        self.of_catalogue(clients["manager"], "filled")
        self.of_other_rows(clients, arguments)

    def of_other_rows(self, clients, arguments):
        """Other rows than the matrix has for an address, which may show more: a draft, a signed record."""
        keys = sorted({filled["pk"] for filled in arguments.values() if "pk" in filled})
        for name, person in self.open_doors():
            filled = arguments.get(name, {})
            for pk in keys if name in self.missing and "pk" in filled else []:
                self.ask(clients[person], name, address_of(name, filled | {"pk": pk}), state="other", person=person)

    def of_demo(self, clients):
        """Follows the links of the demo clinic."""
        for person, client in clients.items():
            followed, waiting = {}, [a for name, who in self.open_doors() if who == person and (a := address_of(name))]
            known = set(waiting)
            while waiting:
                address = waiting.pop(0)
                name = name_of(address)
                if name not in self.names or followed.get(name, 0) >= self.links_followed:
                    continue
                followed[name] = followed.get(name, 0) + 1
                if page := self.ask(client, name, address, state="demo", person=person):
                    waiting += [link for link in page.structure.links if link not in known]
                    known |= set(page.structure.links)
        if "manager" in clients:
            self.of_catalogue(clients["manager"], "demo")

    def of_catalogue(self, client, state):
        """The Django admin: for each model its list, the first row, its history, and an empty form for a new one."""
        for name in (name for name in self.names if name.startswith("admin:")):
            pk = first_of(name)
            address = address_of(name) or (pk and address_of(name, {"object_id": pk}))
            if not address:
                continue
            self.ask(client, name, address, state=state, person="manager")
            if name.endswith(("_add", "_change")):
                self.ask(client, name, address, state="error", person="manager", method="POST", data={"_save": "1"})

    def open_doors(self):
        for name in self.names:
            rule = rule_for(name)
            if rule and not name.startswith("admin:") and "GET" in rule.methods:  # without a rule the matrix fails
                yield from ((name, person) for person in rule.who)

    @property
    def missing(self):
        """Names that have shown nobody a page and are not listed as having none; and the reverse."""
        asked = {name for name, _person in self.open_doors()} | {n for n in self.names if n.startswith("admin:")}
        nobody_may = {name for name in self.refused if name.startswith("admin:")}  # add what is never added manually
        return sorted((asked - self.found - nobody_may - set(NOT_PAGES)) | (self.found & set(NOT_PAGES)))


def open_small_demo():
    """The demo clinic with only the few patients who show each stage of the way."""
    call_command("loaddata", *FIXTURES, verbosity=0)
    write_clinic(Moment(timezone.now()), Random(SEED), is_busy=False)


def address_of(name, arguments=None):
    try:
        return reverse(name, kwargs=arguments)
    except NoReverseMatch:
        return None


def name_of(address):
    try:
        return resolve(address.partition("?")[0]).view_name
    except Resolver404:
        return None


def first_of(name):
    """Of `admin:clinic_room_change`: the key of the first room."""
    parts = name.removeprefix("admin:").split("_")
    if len(parts) != 3 or parts[-1] not in ACTS_ON_A_ROW:
        return None
    row = apps.get_model(parts[0], parts[1]).objects.order_by("pk").first()
    return row and row.pk


def lean_objects():
    """Keys of a patient and of a visit about whom nothing is known."""
    patient = factories.patient(email="")
    visit = factories.arrived(patient=patient)
    return [patient.pk, visit.pk]


def names_of_site():
    return sorted({name for name, _pattern in addresses()})


def signed_in(users):
    clients = {"anonymous": Client()}
    for person, user in users.items():
        clients[person] = Client()
        clients[person].force_login(user)
    return clients


__all__ = ["MANAGERS", "TABLE", "Gathering", "Page", "names_of_site", "signed_in"]
