"""Every address x every method x everybody, against one table. An address that is not in the table fails.

The addresses come from the URLconf. What a person may not open answers with a sign-in page, 403, 404 or 405, shows
nothing about the patient and changes no row.
"""

import pytest
import time_machine
from django.db import transaction
from django.test import override_settings
from django.urls import get_resolver, reverse
from django.utils import timezone

from clinic.models import Appointment, AppointmentStatus, Message, PatientAccess, WorkItem
from procedures.models import Procedure
from tests.architecture.authorisation import EVERYBODY, FORBIDDEN, OPEN, SIGN_IN, TABLE, Rule
from tests.fixtures import matrix

pytestmark = pytest.mark.once
METHODS = ["GET", "POST", "PUT", "DELETE"]

MANAGERS = Rule("manager", methods="GET POST", others=SIGN_IN)


def addresses(resolver=None, namespace=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from addresses(pattern, f"{pattern.namespace}:" if pattern.namespace else namespace)
        else:
            yield f"{namespace}{pattern.name}", pattern


def rule_for(name):
    return MANAGERS if name.startswith("admin:") else TABLE.get(name)


NAMES = sorted({name for name, _pattern in addresses() if not name.startswith("admin:")})


@pytest.fixture(scope="module")
def one_world(rows_of_the_module, tmp_path_factory):
    """At one moment, so that no hold expires meanwhile."""
    pictures, now = tmp_path_factory.mktemp("pictures"), timezone.now()
    with override_settings(IMAGES_DIR=pictures), time_machine.travel(now, tick=False):
        yield matrix.made()


@pytest.fixture
def world(db, one_world):
    """The rows are rolled back after each test, and the cookies are those of a person who has just signed in."""
    return one_world | {
        "clients": {person: matrix.as_signed_in(client) for person, client in one_world["clients"].items()}
    }


def outcome(response):
    if response.status_code == 302 and "/login/" in response["Location"]:
        return SIGN_IN
    if response.status_code in (403, 404, 405):
        return str(response.status_code)
    assert response.status_code < 500
    return OPEN


def rows():
    """What a refused request must leave as it was."""
    return [
        list(model.objects.order_by("pk").values_list("pk", "status"))
        for model in (Appointment, Message, WorkItem, Procedure)
    ]


def test_every_address_is_in_the_table():
    assert sorted(set(TABLE)) == NAMES


@pytest.mark.repeated_queries_allowed
@pytest.mark.parametrize("name", NAMES)
def test_address_is_open_to_those_in_the_table_only(world, name):
    address = reverse(name, kwargs=world["arguments"].get(name))
    before = rows()
    wrong = []

    for person in EVERYBODY:
        for method in METHODS:
            with transaction.atomic():
                response = world["clients"][person].generic(method, address)
                found, expected = outcome(response), rule_for(name).expected(person, method)
                if name == "demo-sign-in" and method == "POST":
                    found = OPEN  # the page is open; it answers 404 for a role that does not exist
                if found not in expected:
                    wrong.append(f"{person} {method}: {found}, expected {expected}")
                if found != OPEN:
                    assert rows() == before
                    assert matrix.CANARY not in response.content.decode(errors="replace")
                transaction.set_rollback(True)

    assert wrong == []


@pytest.mark.repeated_queries_allowed
def test_catalogue_is_open_to_managers_only(world):
    names = {name for name, pattern in addresses() if name.startswith("admin:") and "<" not in str(pattern.pattern)}
    wrong = []

    for name in sorted(names - {"admin:login", "admin:logout", "admin:jsi18n", "admin:password_change_done"}):
        for person in EVERYBODY:
            found = outcome(world["clients"][person].get(reverse(name)))
            # Some things are neither added nor deleted, by anybody.
            if found not in MANAGERS.expected(person, "GET") | ({FORBIDDEN} if person == "manager" else set()):
                wrong.append(f"{name} {person}: {found}")

    assert wrong == []


@pytest.mark.parametrize("person", ["patient", "other patient"])
def test_ended_access_opens_nothing(world, person):
    PatientAccess.objects.update(until=timezone.now())

    page = world["clients"][person].get(reverse("my"))

    assert matrix.CANARY not in page.content.decode()
    assert Appointment.objects.filter(status=AppointmentStatus.CANCELLED).count() == 0
