"""No page names a patient without a line in the audit trail: every address, as everybody, also lists and parts."""

import pytest
import time_machine
from django.db import transaction
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from clinic.models import AuditEvent
from tests.architecture.authorisation import TABLE
from tests.fixtures import matrix

pytestmark = [pytest.mark.once, pytest.mark.repeated_queries_allowed]

# Other pages at the same addresses: lists, ways to look at a day, and what a search finds
QUERIES = {
    "desk": ["view=practitioners", "view=rooms", "view=machines", "view=week"],
    "desk-patients": [f"q={matrix.CANARY}"],
    "desk-book": [f"q={matrix.CANARY}"],
    "desk-duplicates": ["q=Zaunkoenig"],
    "desk-incoming": ["q=Zaunkoenig"],
    "desk-received": ["list=all"],
    "desk-work": ["list=later", "list=ended"],
    "desk-messages": [f"q={matrix.CANARY}"],
    "practice-referrals": ["list=seen", "list=answered", "list=done"],
    "practice-lots": ["lot=A1"],
    "practice-lots-csv": ["lot=A1"],
}
PARTS = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(scope="module")
def one_world(rows_of_the_module, tmp_path_factory):
    """At one moment, so that no hold expires meanwhile."""
    pictures, now = tmp_path_factory.mktemp("pictures"), timezone.now()
    with override_settings(IMAGES_DIR=pictures), time_machine.travel(now, tick=False):
        yield matrix.made()


def requests_of(name):
    """Method, query and headers of each way to ask for the page."""
    yield "GET", "", {}
    yield "POST", "", {}
    for query in ["", *QUERIES.get(name, [])]:
        yield "GET", query, PARTS
    for query in QUERIES.get(name, []):
        yield "GET", query, {}


def unnoted(world, person, name, way):
    """The patients whom the page names, without an event of this request."""
    method, query, headers = way
    before = AuditEvent.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    address = reverse(name, kwargs=world["arguments"].get(name))
    with transaction.atomic():
        client = matrix.as_signed_in(world["clients"][person])
        answer = client.generic(method, f"{address}?{query}", **headers)
        content = b"".join(answer) if answer.streaming else answer.content
        by = getattr(world["people"].get(person), "pk", None)
        noted = set(AuditEvent.objects.filter(pk__gt=before, by=by).values_list("patient", flat=True))
        transaction.set_rollback(True)
    page = content.decode(errors="replace")
    named = {pk for pk, marks in world["marks"].items() if any(mark in page for mark in marks)}
    return named - noted


@pytest.mark.parametrize("name", sorted(TABLE))
def test_page_that_names_a_patient_is_in_the_audit_trail(db, one_world, name):
    holes = [
        f"{person}: {' '.join(map(str, way))}"
        for person in TABLE[name].who
        for way in requests_of(name)
        if unnoted(one_world, person, name, way)
    ]

    assert not holes, "\n".join(holes)
