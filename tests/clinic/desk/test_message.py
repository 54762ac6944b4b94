"""One message in full, and where messages go."""

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from clinic.models import AuditAction, AuditEvent, MessageChannel, MessageStatus
from tests import factories
from tests.clinic.desk.message_rows import code, message
from tests.factories import NOW
from tests.web import text

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
PATH = "/desk/messages/"


# One message


def test_a_message_shows_all_of_itself(page):
    visit = factories.arrived()
    row = message(
        MessageStatus.ACCEPTED,
        patient=visit.patient,
        appointment=visit,
        body="First line.\n\n<b>Second</b> line.",
        provider_reference="abc-123",
    )
    row.attempts.create(result=MessageStatus.PUT_OFF, detail="451 later")
    row.attempts.create(result=MessageStatus.ACCEPTED, detail="abc-123")

    content = text(page.get(reverse("desk-message", args=[row.pk])))

    for words in ["First line.", "&lt;b&gt;Second&lt;/b&gt;", row.key, "abc-123", "451 later", str(visit.patient)]:
        assert words in content
    assert "Monday 2 March 2026, 07:00" in content
    assert "Tuesday 3 March 2026, 07:00" in content
    assert visit.get_absolute_url() in content


@pytest.mark.parametrize(
    ("body", "told"),
    [("Come on Monday.", "1 SMS 15 letters"), ("Ateikite pirmadienį.", "1 SMS 20 letters (some of them outside")],
)
def test_a_message_says_what_its_sms_costs(page, body, told):
    row = message(MessageStatus.ACCEPTED, channel=MessageChannel.SMS, address="+37061234567", body=body)

    content = " ".join(strip_tags(text(page.get(reverse("desk-message", args=[row.pk])))).split())

    assert f"Paid as {told}" in content


def test_reading_a_message_is_audited_when_it_is_a_patients(page):
    own, nobodys = message(patient=factories.patient()), code()

    for row in (own, nobodys):
        page.get(reverse("desk-message", args=[row.pk]), REMOTE_ADDR="192.0.2.7")

    event = AuditEvent.objects.about_patients().get()
    assert (event.patient, event.action, event.what, event.address) == (
        own.patient,
        AuditAction.READ,
        "message",
        "192.0.2.7",
    )


@pytest.mark.parametrize("status", MessageStatus)
def test_a_code_is_only_for_its_reader(page, settings, status):
    settings.DEMO = False
    row = code(status=status)

    for path in [PATH, f"{PATH}?q=rasa", f"{PATH}?q=471199", reverse("desk-message", args=[row.pk])]:
        assert "471199" not in text(page.get(path)).replace('value="471199"', "").replace("q=471199", "")
    assert "One-time codes are only for their reader" in text(page.get(reverse("desk-message", args=[row.pk])))


def test_the_demo_shows_the_code_to_whoever_tries_it(page, settings):
    settings.DEMO = True
    row = code()

    assert "471199 is your code" in text(page.get(reverse("desk-message", args=[row.pk])))


# Where they go


def test_mail_that_is_only_written_to_files_is_said_to_be(page, settings):
    settings.EMAIL_URL = ""
    row = message()

    for path in [PATH, reverse("desk-message", args=[row.pk])]:
        assert "e-mail and SMS messages are written to files here" in text(page.get(path))


def test_mail_that_goes_out_is_not(page, mail_goes_out):
    content = text(page.get(PATH))

    assert "SMS messages are written to files here" in content
    assert "e-mail and SMS" not in content
