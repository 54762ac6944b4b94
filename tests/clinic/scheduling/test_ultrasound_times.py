"""Which starts are open for a visit with ultrasound. It needs a machine, and a practitioner with the credential."""

from datetime import date

import pytest

from clinic.models import CredentialKind
from clinic.scheduling import availability
from clinic.scheduling.wishes import Search
from tests import factories
from tests.clinic.scheduling.open_starts import ALL, SHORT, TUESDAY, shown
from tests.factories import MONDAY, NOW, at

pytestmark = pytest.mark.django_db


def test_open_times_with_ultrasound_need_a_credential_and_a_machine(room, early_doctor, guided):
    factories.machine()
    expert = factories.practitioner(hours=SHORT, ultrasound=True)

    times = availability.open_times(Search(guided, NOW), first_day=MONDAY, days=1)

    assert [time.practitioner_id for time in times] == [expert.pk] * 4


def test_open_times_with_ultrasound_leave_out_when_all_machines_are_taken(room, guided):
    machine, expert = factories.machine(), factories.practitioner(hours=SHORT, ultrasound=True)
    factories.appointment(
        starts_at=at("2026-03-02 09:45"),
        practitioner=factories.practitioner(),
        visit_type=guided,
        ultrasound_machine=machine,
    )

    assert shown(guided, practitioner=expert.pk) == ["09:00", "10:30"]


def test_open_times_with_ultrasound_count_its_setting_up(room):
    factories.machine()
    factories.practitioner(hours=("09:00", "10:00"), ultrasound=True)
    minutes = {"base_minutes": 20, "ultrasound_setup_minutes": 10, "minutes_per_site": 5, "usual_sites": 2}

    guided = factories.visit_type(needs_ultrasound=True, observation_minutes=10, **minutes)
    by_touch = factories.visit_type(observation_minutes=10, **minutes)

    assert (guided.minutes, by_touch.minutes) == (50, 40)
    assert shown(guided) == ["09:00"]


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "expected"),
    [
        (MONDAY, MONDAY, ["2026-03-02 09:00"]),
        (TUESDAY, None, ["2026-03-03 09:00", "2026-03-04 09:00"]),
        (date(2020, 1, 1), TUESDAY, ["2026-03-02 09:00", "2026-03-03 09:00"]),
        (date(2020, 1, 1), date(2026, 3, 1), []),
    ],
)
def test_open_times_with_ultrasound_end_with_the_credentials_last_day(room, guided, valid_from, valid_to, expected):
    factories.machine()
    expert = factories.practitioner(hours=("09:00", "09:30"))
    expert.credentials.create(kind=CredentialKind.ULTRASOUND, valid_from=valid_from, valid_to=valid_to)

    assert shown(guided, days=3) == expected


def test_open_times_with_ultrasound_come_once_with_two_credentials(room, guided):
    factories.machine()
    expert = factories.practitioner(hours=SHORT, ultrasound=True)
    expert.credentials.create(kind=CredentialKind.ULTRASOUND, valid_from=MONDAY)

    assert shown(guided) == ALL
