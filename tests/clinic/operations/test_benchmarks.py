"""Measuring leaves the clinic as it was, and gives a ratio for each case."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from clinic.models import Appointment, Practitioner, Room, VisitType, WorkingHours
from clinic.operations import benchmarks
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

LINE = re.compile(r"(\S+): [\d,]+ requests/s, bare view [\d,]+ requests/s, ratio (\d+\.\d{3})")


@pytest.fixture
def clinic():
    """With its own people, rooms and kind of visit, which are not part of what is measured."""
    doctor, room = factories.practitioner(), factories.room()
    kind = factories.visit_type()
    return factories.appointment(
        starts_at=factories.at("2026-03-02 09:00"), practitioner=doctor, visit_type=kind, room=room
    )


def rows():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Practitioner, Room, VisitType, WorkingHours, Appointment)
    ]


def measure(**options):
    out = StringIO()
    call_command("bench_times", stdout=out, seconds=0.05, rounds=1, **options)
    return out.getvalue().splitlines()


def test_bench_times_prints_a_line_with_the_ratio_last_for_each_case(clinic):
    before = rows()

    found = [LINE.fullmatch(line) for line in measure()]

    assert [line[1] for line in found] == ["practitioner-day", "next-free-six-weeks-full"]
    assert all(float(line[2]) > 0 for line in found)
    assert rows() == before


@pytest.mark.postgresql
def test_bench_times_shows_its_rows_to_nobody(clinic, client):
    kinds = client.get("/book/").content, client.get("/people/").content

    with benchmarks.stage():
        assert (client.get("/book/").content, client.get("/people/").content) == kinds
        answer = client.get(
            reverse("book-times-json"), {"visit_type": benchmarks.NAME, "from": "2026-03-02", "days": 1}
        )

    assert answer.status_code == 404


@pytest.mark.postgresql
def test_bench_times_removes_what_a_killed_run_left_behind(clinic):
    before = rows()
    benchmarks.stage().__enter__()

    measure()

    assert rows() == before


def test_bench_times_refuses_to_run_for_hours():
    with pytest.raises(CommandError):
        call_command("bench_times", seconds=31)


def test_the_bare_view_is_no_address_of_the_clinic():
    with pytest.raises(Resolver404):
        resolve("/bare/1/")


@pytest.mark.django_db
def test_both_cases_take_at_most_six_queries(django_assert_max_num_queries):
    """Also right after a change, when nothing is cached yet."""
    rooms, doctors = [factories.room() for _ in range(2)], [factories.practitioner() for _ in range(2)]
    factories.visit_type(slug="consultation")
    for question in (f"days=1&practitioner={doctors[0].pk}", "days=62&limit=1"):
        Room.objects.filter(pk=rooms[0].pk).update(is_active=True)
        with django_assert_max_num_queries(6):
            Client().get(f"{reverse('book-times-json')}?visit_type=consultation&from=2026-03-02&{question}")
