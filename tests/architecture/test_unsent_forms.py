"""Law: each form of each page comes back as it was typed when its sender was signed out, and is never sent by itself.

The pages are those of the matrix of addresses, and the forms for adding to the catalogue.
"""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import NoReverseMatch, resolve, reverse
from django.utils import timezone

from aftercare.models import ExercisePrescription
from aftercare.physiotherapy import exercise_items
from clinic.models import Practitioner, User
from tests import factories
from tests.aftercare.symptoms import asked_plans
from tests.architecture.authorisation import EVERYBODY, TABLE
from tests.architecture.test_authorisation_matrix import addresses, rows
from tests.typed_forms import Browser, notice, without_token

pytestmark = [pytest.mark.once, pytest.mark.repeated_queries_allowed]
SEE_LITTLE = {*EVERYBODY[: EVERYBODY.index("desk")]} - {"patient"}
WORDS = "Kanarienvogel <i>&"
# Which acts have no form on a page of the matrix's patient, and why that is no gap.
BUTTONS = "book-check check-in-here desk-check-in desk-did-not-attend desk-message-again desk-referral-take-back"
BUTTONS += " desk-undo-cancel desk-work-tomorrow my-consent-withdraw my-exercise-undone my-physiotherapy-take-back"
BUTTONS += " desk-consent-signer my-undo-cancel my-waitlist-take practice-consent-confirm practice-consent-withdraw"
BUTTONS += " practice-record-image-remove practice-record-review practice-record-typed-drop practice-record-void-agree"
BUTTONS += " practice-record-void-keep"
BUTTONS += " practice-referral-take-back practice-seen"
NOT_WALKED = {
    **dict.fromkeys(BUTTONS.split(), "a button that another state of its row shows: nothing is typed"),
    **{name: "how somebody signs in" for name in TABLE if name.startswith("mfa_") and "POST" in TABLE[name].methods},
    **dict.fromkeys(["account_devices_end", "account_lock", "account_awake"], "a button: nothing is typed"),
    "desk-two-people": "the other button of desk-merge's form",
    "manage-removal": "one reason, of a patient with nothing ahead, whom the matrix has not",
    "unsent-forms-keep": "sent by a script before a screen locks: tests/clinic/system/test_screen_lock.py",
    **dict.fromkeys(["account_change_password", "account_set_password", "account_reauthenticate"], "a password"),
    **dict.fromkeys(
        ["practice-record-second-person", "practice-screening"],
        "one note, in a state of its row that the matrix has not",
    ),
    **dict.fromkeys(["desk-affected-tell", "my-physiotherapy"], "buttons of a visit or time that the matrix has not"),
    **dict.fromkeys(["book-code", "my-sign-in-code"], "a code, which was sent somewhere"),
    "desk-booking-requests-end": "a button: nothing is typed",
    "my-symptoms-answered": "the form of my-symptoms, for what was left out there",
    "account_confirm_login_code": "the way in itself",
    "desk-move-to": "a part of a page, sent by htmx: tests/clinic/system/test_unsent_parts.py",
    **dict.fromkeys(["message-receipts", "message-replies"], "a provider's: nobody signs in there"),
    "practice-record": "draws its rows itself from what was typed: tests/clinic/system/test_unsent_parts.py",
    "practice-record-typed": "sent by a script while the record is typed: tests/clinic/system/test_unsent_parts.py",
    "practice-record-doses": "shows a part of the record's page, keeps nothing",
    "practice-pack-read": "tells the record's page what a scanner read, keeps nothing",
}


def pages():
    """(person, address) of each page that somebody signed in finds open."""
    for name, rule in TABLE.items():
        if "GET" in rule.methods and not name.startswith(("account_", "mfa_", "styleguide")):
            yield from ((person, name) for person in rule.who if person not in SEE_LITTLE)
    for name, pattern in addresses():
        if name.startswith("admin:") and name.endswith("_add") and "<" not in str(pattern.pattern):
            yield "manager", name


def arguments_of(world):
    """The matrix's own, but with records that can still be written and voided, and questions to ask."""
    arguments, now = world["arguments"], timezone.now()
    asked_plans.questions()
    physician = world["clients"]["physician"].session["_auth_user_id"]
    of_physician = {"practitioner": Practitioner.objects.get(user=physician)}
    exercise_items.unticked(ExercisePrescription.objects.select_related("patient", "exercise"), at=now)
    signed = factories.signed(
        starts_at=now - timedelta(days=2), signed_at=now - timedelta(days=2, hours=-1), **of_physician
    )
    return arguments | {"practice-record-void": {"pk": signed.appointment_id}}


def address_of(name, arguments):
    try:
        return reverse(name, kwargs=arguments.get(name))
    except NoReverseMatch:
        return None


@pytest.fixture
def browsers(world):
    """Of everybody in the matrix, with tokens checked as in the clinic."""
    return {person: _browser(client) for person, client in world["clients"].items() if person != "anonymous"}


def _browser(client):
    browser = Browser()
    browser.client.cookies = client.cookies
    return browser


def test_every_form_comes_back_as_it_was_typed(world, browsers):
    walked, wrong, arguments = set(), [], arguments_of(world)

    for person, name in pages():
        address = address_of(name, arguments)
        browser = browsers[person]
        for number, form in enumerate(forms_of(browser, address)):
            act = resolve(form.action).view_name
            if (act, person) in walked or not needs_sign_in(act):
                continue
            walked.add((act, person))
            with transaction.atomic():
                if error := how_it_fails(browser, address, number, form):
                    wrong.append(f"{person} {name} -> {act}: {error}")
                transaction.set_rollback(True)

    assert wrong == []
    acts = {name for name, rule in TABLE.items() if "POST" in rule.methods and needs_sign_in(name)}
    assert sorted(acts - {act for act, _person in walked}) == sorted(NOT_WALKED)


def needs_sign_in(act):
    """Or is lost with the session, as the hold of a booking is."""
    return (act.startswith("admin:") and act != "admin:logout") or (act in TABLE and "anonymous" not in TABLE[act].who)


def forms_of(browser, address):
    page = browser.open(address)
    is_page = page.status_code == 200 and page.headers["Content-Type"].startswith("text/html")
    return browser.forms if is_page else []


def how_it_fails(browser, address, number, form):
    """What is wrong after the session ended, the form was sent, and its sender signed in again; None if nothing is."""
    cookies = deepcopy(browser.client.cookies)
    user = browser.client.session["_auth_user_id"]
    before = rows()
    browser.open(address)
    values = browser.forms[number].type(WORDS, visit_type="consultation")
    browser.lose_session()
    browser.send(form.action, values)
    told = notice(browser.page)
    browser.client.force_login(User.objects.get(pk=user))
    page = browser.open("/workplace/")
    found = browser.form_to(form.action)
    browser.client.cookies = cookies
    if not told:
        return f"{page.status_code}, nobody was told"
    if found is None:
        return f"no such form on {browser.path}"
    if without_token(found.values) != without_token(values):
        return f"other values on {browser.path}: {set(without_token(values)) ^ set(without_token(found.values))}"
    return "it was sent by itself" if rows() != before else None
