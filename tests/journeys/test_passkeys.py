"""A passkey is made on the device, signs in alone, and proves that it is still its owner."""

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from clinic.models import Role
from tests import factories
from tests.clinic.sign_in import PASSWORD, code_in, newest_code_mail
from tests.journeys.steps import press

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.repeated_queries_allowed]
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(autouse=True)
def real_clinic(settings):
    settings.SECOND_FACTOR_REQUIRED = settings.FRESH_SIGN_IN_REQUIRED = True


@pytest.fixture
def device(browser_page):
    """`device("phone")`: a page of one that asks for a finger, and gets it."""

    def open_device(size):
        page = browser_page(size)
        debugger = page.context.new_cdp_session(page)
        debugger.send("WebAuthn.enable")
        made = debugger.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        page.finger = lambda is_right: debugger.send(
            "WebAuthn.setUserVerified", {"authenticatorId": made["authenticatorId"], "isUserVerified": is_right}
        )
        return page

    return open_device


def sign_out(page):
    press(page.get_by_role("button", name="Sign out").locator("visible=true").first)


def make_passkey(page, axe):
    press(page.get_by_role("link", name="Add a passkey"))
    assert axe(page) == []
    page.get_by_label("Name of this device").fill("my computer")
    press(page.get_by_role("button", name="Make a passkey"))


@pytest.fixture
def rasas_page(device):
    """Of a colleague who has typed the password, and has nothing besides."""
    factories.user(Role.DESK, email="rasa@clinic.example", password=PASSWORD, name="Rasa")
    page = device("desk")
    type_password(page)
    return page


def type_password(page):
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill("rasa@clinic.example")
    page.get_by_label("Password").fill(PASSWORD)
    press(page.get_by_role("button", name="Sign in", exact=True))


def test_a_colleague_starts_to_work_with_a_passkey(rasas_page, axe):
    # Given somebody new, who is led to the choice
    page = rasas_page
    page.get_by_role("heading", name="How you sign in").wait_for()
    assert axe(page) == []

    # When the device makes a passkey
    make_passkey(page, axe)

    # Then there are codes on paper, and the work begins
    assert page.locator("main li code").count() == 10
    assert axe(page) == []
    press(page.get_by_role("link", name="I have them. Go on"))
    assert page.url.endswith("/desk/")

    # And the next day the passkey alone signs in, for the right finger only
    sign_out(page)
    page.goto("/accounts/login/?next=/desk/patients/")
    page.finger(False)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("It did not work. Try again, or use another way.").wait_for()
    page.finger(True)
    press(page.get_by_role("button", name="Sign in with a passkey"))
    assert page.url.endswith("/desk/patients/")


def test_a_passkey_proves_that_it_is_still_its_owner_and_the_only_one_stays(rasas_page, axe):
    page = rasas_page
    make_passkey(page, axe)
    page.goto("/accounts/2fa/webauthn/reauthenticate/?next=/desk/")
    assert axe(page) == []
    press(page.get_by_role("button", name="Use my passkey"))
    proved = (page.url.endswith("/desk/"), Authenticator.objects.get(type="webauthn").last_used_at is not None)

    page.goto("/accounts/2fa/")
    press(page.get_by_role("link", name="Remove"))
    press(page.get_by_role("button", name="Remove it"))

    assert proved == (True, True)
    page.get_by_text("You need at least one. Add another one first, then remove this one.").wait_for()
    assert Authenticator.objects.filter(type="webauthn").count() == 1

    # And whoever begins with the password is asked for it besides
    sign_out(page)
    type_password(page)
    page.get_by_role("heading", name="Type your code").wait_for()
    assert axe(page) == []


def test_the_picture_for_an_app_is_drawn(rasas_page, axe):
    rasas_page.goto("/accounts/2fa/totp/activate/")

    assert axe(rasas_page) == []
    assert rasas_page.locator("main img").evaluate("image => image.naturalWidth") > 200


def test_a_patient_signs_in_with_a_passkey_in_place_of_a_code(device, axe):
    # Given a patient who has signed in by a code
    patient = factories.patient()
    factories.account_of(patient, email="ona@example.org")
    page = device("phone")
    page.goto("/accounts/login/code/?next=/accounts/2fa/")
    page.get_by_role("textbox").first.fill("ona@example.org")
    press(page.get_by_role("button", name="Send me a code"))
    page.get_by_label("Code").fill(code_in(newest_code_mail()))
    press(page.get_by_role("button", name="Sign in", exact=True))
    assert axe(page) == []

    # When their phone makes a passkey
    make_passkey(page, axe)

    # Then there is nothing to write down, and the next time no code is needed
    assert page.url.endswith("/accounts/2fa/")
    assert Authenticator.objects.get().created_at <= timezone.now()
    page.goto("/accounts/logout/")
    press(page.get_by_role("main").get_by_role("button", name="Sign out"))
    page.goto("/accounts/login/code/")
    press(page.get_by_role("button", name="Sign in with a passkey"))
    assert page.url.endswith("/my/")
