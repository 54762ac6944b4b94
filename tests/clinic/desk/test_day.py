"""The day at the desk, and what can be done with its visits."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from clinic.models import Appointment, AppointmentStatus, Closure, Message, Role, WorkItem
from clinic.templatetags.desk import readable_phone
from tests import factories
from tests.clinic.desk.visits import a_visit, named
from tests.factories import at
from tests.web import NOT_FOUND, as_, queries_of, refusal, text

S = AppointmentStatus
pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-02 12:00"), tick=False)]
TEN = "2026-03-02 10:00"


def names(answer, part="visits"):
    return [str(found.patient) for found in answer.context[part]]


# The day


def test_day_lists_the_visits_of_today_by_time(page):
    a_visit("2026-03-02 15:00", patient=named("Jonas", "Late"))
    a_visit("2026-03-02 09:00", patient=named("Ona", "Early"))
    a_visit("2026-03-03 09:00", patient=named("Petras", "Tomorrow"))
    a_visit("2026-03-02 16:00", status=S.PENDING, held_until=at("2026-03-02 12:05"))

    answer = page.get("/desk/")

    assert names(answer) == ["Ona Early", "Jonas Late"]


def test_day_says_of_each_visit_what_the_desk_needs(page):
    person = factories.practitioner(hours=None)
    machine = factories.machine()
    a_visit(
        patient=named("Ona", "Early", phone="+370 612 34567"),
        practitioner=person,
        room=factories.room(),
        ultrasound_machine=machine,
    )

    content = text(page.get("/desk/"))

    for words in ["15:00", "Ona Early", "born 29 Feb 1980", "Consultation", str(person), str(machine), "booked"]:
        assert words in content
    assert 'href="tel:+37061234567"' in content


def test_day_counts_who_came_who_is_to_come_and_who_is_late(page):
    for status, when in [(S.BOOKED, "15:00"), (S.BOOKED, "11:00"), (S.ARRIVED, "11:30"), (S.FULFILLED, "09:00")]:
        a_visit(f"2026-03-02 {when}", status=status)
    a_visit(TEN, status=S.NOSHOW)
    a_visit(TEN, status=S.CANCELLED)

    answer = page.get("/desk/")

    assert answer.context["figures"] == {"visits": 5, "here": 1, "seen": 1, "to_come": 1, "late": 1}
    assert len(answer.context["cancelled"]) == 1


def test_who_comes_next_is_one_tap_away_below_who_is_late_or_here(page):
    coming = a_visit(patient=named("Ona", "Next"))
    a_visit("2026-03-02 11:00", status=S.ARRIVED)
    a_visit("2026-03-02 11:15", status=S.NOSHOW)
    assert "Next: " not in text(page.get("/desk/"))  # the list shows it anyway

    a_visit("2026-03-02 11:30", patient=named("Jonas", "Late"))
    a_visit("2026-03-02 16:00", patient=named("Petras", "Afternoon"))

    assert f'href="#visit-{coming.pk}"' in text(page.get("/desk/"))
    assert "Next: 15:00, Ona Next" in text(page.get("/desk/"))


def test_what_is_over_stands_apart_from_what_is_still_to_do(page):
    a_visit(TEN, status=S.FULFILLED, patient=named("Ona", "Seen"))
    a_visit(TEN, status=S.CANCELLED, patient=named("Jonas", "Cancelled"))
    assert "Nobody else is to come." in text(page.get("/desk/"))

    for status, family_name in [(S.NOSHOW, "Missed"), (S.ARRIVED, "Here"), (S.BOOKED, "Expected")]:
        a_visit(TEN, status=status, patient=named("Petras", family_name))
    answer = page.get("/desk/")

    assert names(answer) == ["Petras Missed", "Petras Here", "Petras Expected"]
    assert (names(answer, "seen"), names(answer, "cancelled")) == (["Ona Seen"], ["Jonas Cancelled"])


@pytest.mark.parametrize(
    ("number", "readable"), [("+37061234567", "+370 612 34567"), ("12", "12"), ("call my son", "call my son")]
)
def test_a_phone_number_is_shown_as_it_is_read_out(number, readable):
    assert readable_phone(number) == readable


def test_a_filter_leaves_the_figures_of_the_whole_day(page):
    person = factories.practitioner(hours=None)
    a_visit(practitioner=person, patient=named("Ona", "Early"))
    a_visit()

    answer = page.get("/desk/", {"practitioner": person.pk})

    assert names(answer) == ["Ona Early"]
    assert answer.context["figures"]["visits"] == 2


@pytest.mark.parametrize("typed", ["petrauskiene", "ONA", "ona petr", "  Petrauskienė "])
def test_a_patient_of_the_day_is_found_by_name_with_or_without_accents(page, typed):
    a_visit(patient=named("Ona", "Petrauskienė"))
    a_visit(patient=named("Jonas", "Other"))

    assert names(page.get("/desk/", {"name": typed})) == ["Ona Petrauskienė"]


def test_nothing_found_is_told_apart_from_an_empty_day(page):
    assert "No visits on this day" in text(page.get("/desk/"))

    a_visit()

    assert "Nothing fits" in text(page.get("/desk/", {"name": "nobody"}))


@pytest.mark.parametrize("day", ["2026-02-30", "tomorrow", "9999-12-31", "0001-01-01", "😀" * 50])
def test_a_day_that_cannot_be_read_is_today_with_a_sentence(page, day):
    answer = page.get("/desk/", {"day": day})

    assert answer.status_code == 200
    assert answer.context["day"] == date(2026, 3, 2)
    assert "We could not read that day" in text(answer)


def test_another_day_leads_to_its_neighbours_and_back_to_today(page):
    content = text(page.get("/desk/?day=2026-03-10&practitioner="))

    assert 'href="?day=2026-03-09&amp;practitioner="' in content
    assert 'href="?day=2026-03-11&amp;practitioner="' in content
    assert 'href="?practitioner="' in content


def test_the_days_of_the_change_of_clocks_are_whole(page):
    a_visit("2026-03-29 00:15")
    a_visit("2026-03-29 23:45")
    a_visit("2026-03-30 00:15")

    assert len(page.get("/desk/?day=2026-03-29").context["visits"]) == 2


def test_a_closed_day_says_so(page):
    Closure.objects.create(starts_at=at("2026-03-02 00:00"), ends_at=at("2026-03-03 00:00"), reason="Spring cleaning")

    content = text(page.get("/desk/"))

    assert "The clinic is closed from Monday 2 March, 00:00 until Tuesday 3 March, 00:00." in content
    assert "Spring cleaning" in content
    assert "The clinic is closed" not in text(page.get("/desk/?day=2026-03-03"))


@pytest.mark.parametrize(
    ("status", "when", "buttons"),
    [
        (S.BOOKED, "2026-03-02 15:00", ["check-in"]),
        (S.BOOKED, "2026-03-02 11:00", ["check-in", "did-not-attend"]),
        (S.BOOKED, "2026-03-02 12:00", ["check-in", "did-not-attend"]),
        (S.BOOKED, "2026-03-03 09:00", []),
        (S.ARRIVED, "2026-03-02 11:00", ["undo-check-in"]),
        (S.NOSHOW, "2026-03-02 11:00", ["check-in"]),
        (S.FULFILLED, "2026-03-02 11:00", []),
        (S.CANCELLED, "2026-03-02 11:00", []),
    ],
)
def test_a_row_offers_what_can_be_done_now(page, status, when, buttons):
    found = a_visit(when, status=status)

    content = page.get("/desk/", {"day": when[:10]}).content.decode()

    offered = [name for name in ["check-in", "undo-check-in", "did-not-attend"] if action(found, name) in content]
    assert offered == buttons


AFTER = {"check-in": S.ARRIVED, "undo-check-in": S.BOOKED, "did-not-attend": S.NOSHOW}


def action(found, name):
    return f'action="{reverse(f"desk-{name}", args=[found.pk])}"'


def test_every_button_that_is_offered_does_what_it_says(page):
    for status, when in [(S.BOOKED, "15:00"), (S.BOOKED, "11:00"), (S.ARRIVED, "11:30"), (S.NOSHOW, "09:00")]:
        found = a_visit(f"2026-03-02 {when}", status=status)
        content = page.get("/desk/").content.decode()
        for name in ["check-in", "undo-check-in", "did-not-attend"]:
            if action(found, name) in content:
                Appointment.objects.filter(pk=found.pk).update(status=status)
                answer = page.post(reverse(f"desk-{name}", args=[found.pk]))
                found.refresh_from_db()
                assert (answer.status_code, found.status) == (302, AFTER[name])


def test_day_asks_the_database_as_often_for_three_visits_as_for_one(page, django_assert_num_queries):
    a_visit(patient=factories.patient(phone="+370 612 34567"), room=factories.room())
    page.get("/desk/")  # reads the timetable
    count = queries_of(page, "/desk/")

    for _ in range(2):
        a_visit(patient=factories.patient(phone="+370 612 34567"), room=factories.room(), status=S.ARRIVED)
    page.get("/desk/")

    with django_assert_num_queries(count):
        page.get("/desk/")


def test_the_count_of_due_work_stands_on_the_day(page):
    now = at("2026-03-02 12:00")
    for key, due_at in [("now", now), ("later", now + timedelta(hours=1))]:
        WorkItem.objects.create(key=key, kind="message", what_to_say="Call.", due_at=due_at)

    content = text(page.get("/desk/"))

    assert '<a href="/desk/work/">1</a>' in content


# Who may


@pytest.mark.parametrize("role", [None, Role.PHYSICIAN, Role.PHYSIOTHERAPIST])
def test_the_desk_is_for_the_desk(role):
    found = a_visit()
    client = as_(factories.user(role))

    for path in ["/desk/", found.get_absolute_url()]:
        assert client.get(path).status_code == 403
    for name in ["check-in", "undo-check-in", "did-not-attend", "cancel"]:
        assert client.post(reverse(f"desk-{name}", args=[found.pk]), {"reason": "x"}).status_code == 403
    assert Appointment.objects.get().status == S.BOOKED


def test_a_stranger_is_asked_to_sign_in(client):
    assert client.get("/desk/")["Location"].startswith("/accounts/")


def test_the_manager_looks_and_does_not_act():
    found = a_visit("2026-03-02 11:00")
    client = as_(factories.user(Role.MANAGER))

    for path in ["/desk/", found.get_absolute_url()]:
        content = client.get(path).content.decode()
        assert str(found.patient) in content
        assert "/check-in/" not in content
        assert "/cancel/" not in content
    assert client.post(reverse("desk-check-in", args=[found.pk])).status_code == 403
    assert client.get(reverse("desk-cancel", args=[found.pk])).status_code == 403


@pytest.mark.parametrize("name", ["check-in", "undo-check-in", "did-not-attend"])
def test_looking_never_acts(page, name):
    found = a_visit("2026-03-02 11:00")

    assert page.get(reverse(f"desk-{name}", args=[found.pk])).status_code == 405
    assert found.status_changes.count() == 0


def test_reading_pages_changes_no_visit_message_or_work(page):
    found = a_visit("2026-03-02 11:00")
    before = [list(model.objects.values()) for model in (Appointment, Message, WorkItem)]

    for path in ["/desk/", found.get_absolute_url(), reverse("desk-cancel", args=[found.pk])]:
        assert page.get(path).status_code == 200

    assert [list(model.objects.values()) for model in (Appointment, Message, WorkItem)] == before


@pytest.mark.parametrize("name", ["appointment", "cancel"])
def test_a_hold_of_nobody_and_an_unknown_visit_are_not_found(page, name):
    hold = a_visit(status=S.PENDING, held_until=at("2026-03-02 12:05"))

    assert refusal(page.get(reverse(f"desk-{name}", args=[hold.pk]))) == NOT_FOUND
    assert refusal(page.get(reverse(f"desk-{name}", args=[hold.pk + 1]))) == NOT_FOUND
    assert refusal(page.post(reverse("desk-check-in", args=[hold.pk]))) == NOT_FOUND
    assert Appointment.objects.get().status == S.PENDING
