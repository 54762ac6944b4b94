"""VTIMEZONE: what a calendar reads from it is what the clock shows, before and after every change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Timezone

from clinic.lib.calendar_zones import vtimezone

pytestmark = pytest.mark.once

YEAR = {"first_day": date(2026, 1, 1), "last_day": date(2026, 12, 31)}
ZONES = [
    *("Europe/Vilnius", "America/New_York", "Asia/Tokyo", "UTC", "Australia/Sydney", "Australia/Lord_Howe"),
    *("Africa/Casablanca", "America/Havana", "Europe/Dublin"),
]


def onsets(name):
    return [
        (part.name, f"{part['dtstart'].dt:%m-%d %H:%M}", part["tzoffsetfrom"].td, part["tzoffsetto"].td)
        for part in vtimezone(ZoneInfo(name), **YEAR).subcomponents
    ]


def hours(number):
    return timedelta(hours=number)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "Europe/Vilnius",
            [
                ("STANDARD", "01-01 00:00", hours(2), hours(2)),
                ("DAYLIGHT", "03-29 03:00", hours(2), hours(3)),  # at three the clock goes to four
                ("STANDARD", "10-25 04:00", hours(3), hours(2)),
            ],
        ),
        (
            "America/New_York",
            [
                ("STANDARD", "01-01 00:00", hours(-5), hours(-5)),
                ("DAYLIGHT", "03-08 02:00", hours(-5), hours(-4)),
                ("STANDARD", "11-01 02:00", hours(-4), hours(-5)),
            ],
        ),
        ("Asia/Tokyo", [("STANDARD", "01-01 00:00", hours(9), hours(9))]),
    ],
)
def test_onset_is_the_hour_that_the_clock_showed_before(name, expected):
    assert onsets(name) == expected


@pytest.mark.parametrize("name", ZONES)
def test_reader_who_has_only_the_file_reads_the_clinics_clock(name):
    """RFC 5545: of the onsets that have come, the latest holds; each is at DTSTART minus TZOFFSETFROM."""
    component = Timezone.from_ical(vtimezone(ZoneInfo(name), **YEAR).to_ical())
    told = sorted(
        ((part["dtstart"].dt - part["tzoffsetfrom"].td).replace(tzinfo=UTC), part["tzoffsetto"].td)
        for part in component.subcomponents
    )
    first = max(told[0][0], datetime(2026, 1, 1, 14, tzinfo=UTC))

    for minutes in range(0, 364 * 24 * 60, 30):
        moment = first + timedelta(minutes=minutes)
        holds = [offset for onset, offset in told if onset <= moment][-1]
        assert holds == moment.astimezone(ZoneInfo(name)).utcoffset(), moment
