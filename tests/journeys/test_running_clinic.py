"""The same clinic as it runs for real: PostgreSQL, Redis, web, worker and beat as processes of their own."""

import re
import time
from pathlib import Path

import pytest

from tests.journeys import steps

EMAIL = "vilte.brook@mail.example"


def eventually(see, *, seconds=30):
    """What `see` returns as soon as it is true: a worker elsewhere is still busy."""
    end = time.monotonic() + seconds
    while not (seen := see()) and time.monotonic() < end:
        time.sleep(0.3)
    return seen


def mails(clinic, *words):
    folder = Path(clinic.env["DATA_DIR"]) / "messages" / "email"
    texts = [path.read_text() for path in folder.glob("*.txt")] if folder.exists() else []
    return [text for text in texts if all(word in text for word in words)]


def code_sent(clinic, email):
    (mail,) = eventually(lambda: mails(clinic, email, "Key: sign-in:"))
    return re.search(r"^\s*(\d{6,8})\s*$", mail, re.MULTILINE).group(1)


@pytest.mark.browser
def test_what_is_booked_and_signed_is_delivered_by_the_worker(running_clinic, browser_page):
    # Given a patient who books; the worker confirms it
    phone = browser_page("phone", base_url=running_clinic.url)
    steps.books_a_consultation(
        phone, who=("Vilte", "Brook"), email=EMAIL, code=lambda: code_sent(running_clinic, EMAIL)
    )
    assert len(eventually(lambda: mails(running_clinic, EMAIL, "Your visit is booked"))) == 1

    # When the physician signs the record of the patient who is there
    physician = browser_page("desk", base_url=running_clinic.url)
    steps.becomes(physician, "physician")
    steps.press(physician.get_by_role("link", name="Open the visit"))
    visit = re.search(r"\d+", physician.url.rsplit("/visits/")[1]).group()
    steps.writes_the_record(physician)
    steps.signs(physician)
    email = running_clinic.manage(
        "shell",
        "-v0",
        "-c",
        f"from clinic.models import Appointment; print(Appointment.objects.get(pk={visit}).patient.email)",
    ).strip()

    # Then the worker tells the patient immediately to lift nothing heavy
    assert len(eventually(lambda: mails(running_clinic, email, "Please do not lift heavy things yet"))) == 1

    # And the patient signs in by the code that the worker sent, and books physiotherapy
    patient = browser_page("phone", base_url=running_clinic.url)
    steps.asks_for_a_code(patient, email)
    steps.enters_the_code(patient, code_sent(running_clinic, email))
    steps.books_physiotherapy(patient)
    assert "Your physiotherapy is booked" in patient.locator("main").inner_text()

    # And the desk sees all of it, on a clinic that is ready and does its work in time
    desk = browser_page("desk", base_url=running_clinic.url)
    steps.becomes(desk, "desk")
    desk.goto(f"/desk/messages/?q={email}")
    states = desk.locator("main").inner_text()
    assert [word in states for word in ("accepted", "withdrawn", "waiting")] == [True, True, True]
    assert [running_clinic.status_of(path) for path in ("/readyz", "/readyz?work")] == [200, 200]
