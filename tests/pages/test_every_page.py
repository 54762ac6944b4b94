"""Everybody can use every page: axe with no rule switched off, targets of 44 px, 400 % zoom, light and dark.

There is no list here: the pages come from the URLconf (tests.pages.page_collection), so none can be forgotten.
"""

from collections import defaultdict

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from clinic.models import Role, User
from tests import factories
from tests.journeys.steps import TUESDAY
from tests.pages.browser_checks import Eyes
from tests.pages.page_collection import Gathering, Page, names_of_site, open_small_demo, signed_in

COLLEAGUES = ("admin:", "desk", "practice")
PARTS = ["patients", "colleagues"]  # one per worker, of two
WHO_COMES = {"given_name": "Ona", "family_name": "Long-Name", "email": "ona@mail.example"}
WHO_COMES |= {"birth_date_day": "29", "birth_date_month": "2", "birth_date_year": "1984"}


def names_of(part):
    return [name for name in names_of_site() if name.startswith(COLLEAGUES) == (part == "colleagues")]


@pytest.fixture
def tuesday(time_machine):
    time_machine.move_to(factories.at(TUESDAY), tick=True)


@pytest.fixture
def eyes(browser, tuesday, world):
    eyes = Eyes(browser, words=world["clients"]["manager"].get(reverse("admin:jsi18n")).content)
    yield eyes
    eyes.close()


@pytest.fixture
def gathering(db, request, tuesday):
    """The pages of a new clinic and of the demo clinic; their rows are rolled back."""
    gathering = Gathering(names_of(request.param))
    with transaction.atomic():
        users = {role: factories.user(role) for role in Role.values} | {"patient": factories.user()}
        gathering.of_new_clinic(signed_in(users))
        transaction.set_rollback(True)
    with transaction.atomic():
        open_small_demo()
        people = {role: User.objects.get(email=f"{role}@demo.example") for role in [*Role.values, "patient"]}
        clients = signed_in(people)
        gathering.of_demo(clients)
        clients["anonymous"].post(reverse("account_request_login_code"), {"email": "patient@demo.example"})
        gathering.of_demo({"patient": clients["anonymous"]})  # a person about to enter the code
        clients["patient"].post(reverse("my-sign-in"), {"email": "another@mail.example"})
        gathering.ask(clients["patient"], "my-sign-in-code", reverse("my-sign-in-code"), state="demo", person="patient")
        transaction.set_rollback(True)
    return gathering


@pytest.mark.once
@pytest.mark.repeated_queries_allowed
@pytest.mark.parametrize("gathering", PARTS, indirect=True)
def test_every_page_is_for_everybody(gathering, world, eyes):
    call_command("loaddata", "symptom_questions", verbosity=0)
    details = world["arguments"]["book-details"]
    world["clients"]["patient"].post(reverse("book-details", kwargs=details), WHO_COMES)
    gathering.of_matrix(world["clients"], world["arguments"])

    assert gathering.broken == []
    assert gathering.missing == []
    assert [line for page in gathering.pages for line in eyes.look_at(page)] + same_titles(gathering.pages) == []


@pytest.mark.once
@pytest.mark.parametrize("status", ["400", "403", "403_csrf", "404", "409", "429", "500"])
def test_pages_of_errors_are_for_everybody(db, rf, eyes, status):
    """As Django shows them; the 500 page without anything that might be broken too."""
    request = rf.get("/")
    request.user, request.session = AnonymousUser(), {}
    html = render_to_string(f"{status}.html", {"message": "This time is taken."}, None if status == "500" else request)

    assert eyes.look_at(Page(status, "error", "anonymous", "/", int(status[:3]), "", html, {})) == []


def same_titles(pages):
    names = defaultdict(set)
    for page in pages:
        if not page.template.startswith("admin/"):
            names[page.structure.title].add(page.template)
    return [f"one title for {sorted(those)}: {title}" for title, those in names.items() if len(those) > 1]
