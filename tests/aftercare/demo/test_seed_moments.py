"""The demo clinic is alive whenever it is seeded, and the same whenever it is seeded at the same moment."""

import os
from datetime import datetime

import pytest
import time_machine
from django.core.management import CommandError
from django.db import IntegrityError

from clinic.messaging import doorbell
from clinic.models import Appointment, Message, MessageStatus, Patient, Room, User, VisitType
from tests.aftercare.demo.seeded_clinic import (
    FIRST_SEEN,
    RESOURCES,
    WEDNESDAY,
    comes_alive,
    due_letters,
    fingerprint,
    holding_time,
    outside_hours,
    overlaps,
    seed,
    seeded_at,
    without_skill_or_machine,
)

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("seeded clinic"), pytest.mark.once]

MOMENTS = {
    "the second 03:30 of the night (to Sunday) when clocks go back": "2026-10-25T03:30+02:00",
    "leap day, right before midnight": "2028-02-29T23:58+02:00",
    "right after midnight": "2027-11-22T00:02+02:00",
}
if os.environ.get("CHAOS") == "full":
    MOMENTS |= {
        "Sunday noon": "2026-11-22T12:00+02:00",
        "leap day": "2028-02-29T09:10+02:00",
        "right before midnight": "2026-11-27T23:58+02:00",
    }


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_it_is_alive_and_sound_at_any_moment(moment):
    with seeded_at(datetime.fromisoformat(moment)):
        visits = holding_time()

        assert comes_alive()
        assert due_letters() == [("no-heavy-lifting", "at-once")]
        assert [overlaps(visits, resource) for resource in RESOURCES] == [[], [], [], []]
        assert outside_hours(visits) == []
        assert without_skill_or_machine(visits) == []
        assert set(Message.objects.values_list("status", flat=True)) == set(MessageStatus.values)


def test_the_same_moment_gives_the_same_clinic_and_rings_once_at_most(django_capture_on_commit_callbacks):
    if WEDNESDAY not in FIRST_SEEN:
        with seeded_at(WEDNESDAY):
            pass

    with time_machine.travel(WEDNESDAY, tick=False), django_capture_on_commit_callbacks() as callbacks:
        printed = seed(scale=2)

    assert fingerprint() == FIRST_SEEN[WEDNESDAY]
    assert callbacks in ([], [doorbell.ring])  # what people write by SMS is answered
    assert printed.splitlines()[0].startswith("400 of 400 patients, 600 visits")
    assert Appointment.objects.filter(practitioner__is_active=False).count() == 600


@pytest.mark.once
def test_it_is_made_where_no_message_can_leave(settings):
    settings.MESSAGES_TO_FILES = False

    assert "patients" in seed()


def test_a_scale_below_one_is_refused():
    with pytest.raises(CommandError, match="whole number from 1 on"):
        seed(scale=0)

    assert not Patient.objects.exists()


def test_what_fails_leaves_nothing_behind():
    User.objects.create(email="Manager@demo.example")  # as it is taken already, in other letters

    with pytest.raises(IntegrityError):
        seed()

    assert [model.objects.count() for model in (VisitType, Room, Patient)] == [0, 0, 0]
