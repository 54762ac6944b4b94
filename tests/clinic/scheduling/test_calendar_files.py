"""The calendar files of visits: made, moved and taken out again; whose, and not why."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from icalendar import Calendar

from clinic.messaging import delivery
from clinic.models import Message
from clinic.scheduling import calendar_files, cancellations
from tests import factories
from tests.clinic.scheduling.visits import NINE, TEN
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]


def read(text):
    calendar = Calendar.from_ical(text)
    return calendar, calendar.walk("VEVENT")[0]


def sent(purpose):
    """Method and event of the newest message for this purpose."""
    calendar, event = read(Message.objects.filter(purpose=purpose).latest("pk").calendar)
    return calendar["method"], event


@pytest.fixture
def visit(book):
    return book(NINE, patient=factories.patient(given_name="Jonas", family_name="Petraitis"))


def test_what_is_booked_comes_as_an_invitation(visit, settings):
    settings.DEFAULT_FROM_EMAIL = "Linden Pain Clinic <desk@clinic.example>"
    method, event = sent("visit-booked")

    assert (method, event["status"], event["sequence"], event["uid"]) == ("REQUEST", "CONFIRMED", 0, visit.calendar_uid)
    assert (event["dtstart"].dt, event["dtend"].dt) == (visit.starts_at, visit.ends_at)
    assert (event["dtstamp"].dt, event["location"]) == (NOW, settings.CLINIC_ADDRESS)
    assert (event["organizer"], event["url"]) == ("mailto:desk@clinic.example", f"{settings.SITE_URL}/my/")
    assert event["summary"] == f"Jonas P.: visit at {settings.CLINIC_NAME}"
    assert [alarm["trigger"].dt for alarm in event.walk("VALARM")] == [timedelta(hours=-2)]


def test_what_is_moved_takes_the_place_of_what_was_there(visit):
    factories.move(visit, TEN)

    method, event = sent("visit-moved")

    assert (method, event["status"], event["sequence"]) == ("REQUEST", "CONFIRMED", 1)
    assert (event["uid"], event["dtstart"].dt) == (visit.calendar_uid, TEN)


def test_what_is_cancelled_leaves_the_calendar(visit):
    cancellations.cancel(visit, at=NOW)

    method, event = sent("visit-cancelled")

    assert (method, event["status"], event["sequence"]) == ("CANCEL", "CANCELLED", 1)
    assert (event["uid"], event.walk("VALARM"), "description" in event) == (visit.calendar_uid, [], False)


def test_calendar_file_goes_with_the_mail(visit, mail_goes_out):
    delivery.deliver_due(at=NOW)

    [mail] = mail_goes_out.mails
    [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    _calendar, event = read(part.get_payload(decode=True))
    assert (event["uid"], event["attendee"]) == (visit.calendar_uid, f"mailto:{visit.patient.email}")


def test_nothing_in_it_says_why_or_more_of_whom(visit):
    said = "".join(Message.objects.values_list("calendar", flat=True))

    secrets = [visit.visit_type.name, "Petraitis", "1980", visit.practitioner.name, visit.patient.email]
    assert [secret for secret in secrets if secret in said] == []
    assert "CLASS:PRIVATE" in said


def test_what_is_downloaded_is_no_invitation(visit):
    calendar, event = read(calendar_files.visit_file(visit, at=NOW))

    assert (calendar["method"], event["status"], "attendee" in event) == ("PUBLISH", "CONFIRMED", False)


@pytest.mark.parametrize("zone", ["Europe/Vilnius", "America/New_York", "Asia/Tokyo"])
@pytest.mark.parametrize(
    "day", [(3, 7), (3, 8), (3, 9), (3, 28), (3, 29), (3, 30), (10, 24), (10, 25), (11, 1), (11, 2)]
)
def test_hour_is_the_clinics_around_each_change_of_the_clock(visit, settings, zone, day):
    settings.TIME_ZONE = zone
    visit.starts_at = datetime(2026, *day, 9, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    visit.ends_at = visit.starts_at + timedelta(minutes=30)

    with timezone.override(zone):
        text = calendar_files.visit_file(visit, at=NOW)

    _calendar, event = read(text)
    assert (event["dtstart"].params["tzid"], event["dtstart"].dt.hour) == (zone, 9)
    assert event["dtstart"].dt == visit.starts_at
