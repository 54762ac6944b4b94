"""Whether a booked visit can take place, what follows while it cannot, and that all of it ends when it can again."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from clinic.models import (
    Closure,
    Credential,
    Message,
    Practitioner,
    Room,
    TimeOff,
    UltrasoundMachine,
    VisitType,
    WorkingHours,
    WorkItem,
)
from clinic.scheduling import (
    affected_visits,
    obstacles,
    visit_answers,
)
from clinic.scheduling.obstacles import Obstacle
from tests import factories
from tests.clinic.messaging.deliveries import states
from tests.clinic.scheduling.closed_days import REMINDED, WEDNESDAY, deliver
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


@pytest.fixture
def visit(guided_visit):
    return guided_visit


def role(role):
    return lambda: Practitioner.objects.update(role=role)


def active(model, is_active):
    return lambda: model.objects.update(is_active=is_active)


KINDS = {
    Obstacle.LEFT: (active(Practitioner, False), active(Practitioner, True)),
    Obstacle.ROLE: (role("physiotherapist"), role("physician")),
    Obstacle.NOT_OFFERED: (active(VisitType, False), active(VisitType, True)),
    Obstacle.SKILL: (
        lambda: Credential.objects.update(valid_to=date(2026, 3, 3)),
        lambda: Credential.objects.update(valid_to=date(2026, 3, 4)),
    ),
    Obstacle.CLOSED: (lambda: Closure.objects.create(**WEDNESDAY), lambda: Closure.objects.all().delete()),
    Obstacle.AWAY: (
        lambda: Practitioner.objects.get().time_off.create(**WEDNESDAY),
        lambda: TimeOff.objects.all().delete(),
    ),
    Obstacle.HOURS: (
        lambda: WorkingHours.objects.filter(weekday=2).update(ends=time(10, 29)),
        lambda: WorkingHours.objects.filter(weekday=2).update(ends=time(10, 30)),
    ),
    Obstacle.ROOM: (active(Room, False), active(Room, True)),
    Obstacle.MACHINE: (active(UltrasoundMachine, False), active(UltrasoundMachine, True)),
}


def test_every_kind_of_obstacle_is_tried():
    assert set(KINDS) == set(Obstacle)


@pytest.mark.parametrize(("obstacle", "acts"), KINDS.items())
def test_a_reminder_is_held_while_its_visit_cannot_take_place_and_goes_when_it_can(visit, obstacle, acts):
    raise_it, take_it_back = acts
    raise_it()
    assert obstacles.of([visit], at=NOW) == {visit.pk: [obstacle]}

    affected_visits.review(at=REMINDED)
    deliver(REMINDED)
    reminder = Message.objects.get(purpose="visit-reminder")
    held = f"held: the visit cannot take place as planned ({obstacle.label})"
    assert (reminder.status, reminder.outcome) == ("put-off", held)
    item = WorkItem.objects.get()
    assert (item.kind, item.status, item.appointment) == ("visit_affected", "requested", visit)
    assert str(obstacle.label) in item.what_to_say

    take_it_back()
    affected_visits.review(at=REMINDED + timedelta(seconds=30))
    deliver(REMINDED + timedelta(seconds=30))
    assert (set(states()), WorkItem.objects.get().status) == ({"accepted"}, "cancelled")


@pytest.mark.parametrize("acts", KINDS.values())
def test_pages_of_the_patient_say_that_it_may_not_take_place_until_it_can(visit, acts, client, time_machine):
    time_machine.move_to(REMINDED, tick=False)
    raise_it, take_it_back = acts
    client.force_login(factories.account_of(visit.patient))
    pages = [reverse("my"), visit_answers.link_of(visit)]
    said = "This visit may not take place as planned"
    calendar = reverse("my-calendar", args=[visit.pk])

    before = [said in client.get(page).text for page in pages]
    raise_it()
    while_it_cannot = [said in client.get(page).text for page in pages]
    assert "STATUS:TENTATIVE" in client.get(calendar).text
    take_it_back()
    after = [said in client.get(page).text for page in pages]

    assert "STATUS:CONFIRMED" in client.get(calendar).text
    assert (before, while_it_cannot, after) == ([False] * 2, [True] * 2, [False] * 2)
