"""The demo clinic is alive whenever it is seeded, and the same whenever it is seeded at the same moment."""

from datetime import datetime

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from clinic.models import Appointment, Message, MessageStatus, Patient, Room, User, VisitType
from tests.aftercare.seeded import (
    RESOURCES,
    comes_alive,
    due_keys,
    holding_time,
    outside_hours,
    overlaps,
    seed,
    seeded_at,
    without_skill_or_machine,
)

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("seeded clinic"), pytest.mark.once]

MOMENTS = {
    "Sunday noon": "2026-11-22T12:00+02:00",
    "the second 03:30 of the night when clocks go back": "2026-10-25T03:30+02:00",
    "leap day": "2028-02-29T09:10+02:00",
    "right after midnight": "2027-11-22T00:02+02:00",
    "right before midnight": "2026-11-27T23:58+02:00",
}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_it_is_alive_and_sound_at_any_moment(moment):
    with seeded_at(datetime.fromisoformat(moment)):
        visits = holding_time()

        assert comes_alive()
        assert due_keys() == [["no-heavy-lifting", "at-once"]]
        assert [overlaps(visits, resource) for resource in RESOURCES] == [[], [], [], []]
        assert outside_hours(visits) == []
        assert without_skill_or_machine(visits) == []
        assert set(Message.objects.values_list("status", flat=True)) == set(MessageStatus.values)


def fingerprint():
    """What the clinic looks like, without the keys of its rows."""
    visits = Appointment.objects.values_list(
        "starts_at", "practitioner__name", "room__name", "patient__family_name", "patient__birth_date", "status"
    )
    messages = Message.objects.values_list("address", "due_at", "status")
    return sorted(visits), sorted(messages)


def test_the_same_moment_gives_the_same_clinic():
    moment = datetime.fromisoformat("2026-11-25T10:40+02:00")
    with seeded_at(moment):
        first = fingerprint()
    with seeded_at(moment):
        second = fingerprint()

    assert first == second


def test_what_fails_leaves_nothing_behind():
    Group.objects.filter(name="manager").delete()

    with pytest.raises(Group.DoesNotExist):
        seed()

    assert [model.objects.count() for model in (VisitType, Room, User, Patient)] == [0, 0, 0, 0]


def test_it_rings_no_worker_and_keeps_what_others_wait_for(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        before = list(connection.run_on_commit)
        seed()

    assert (callbacks, connection.run_on_commit) == ([], before)
