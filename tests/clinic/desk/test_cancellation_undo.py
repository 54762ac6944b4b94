"""The desk undoes a cancellation, and learns why if it cannot; a second cancellation says so."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic.models import Appointment, AppointmentStatus, AuditAction, AuditEvent, Role
from clinic.scheduling import cancellations
from tests import factories
from tests.clinic.desk.visits import a_visit, named
from tests.factories import at
from tests.web import as_, queries_of, text

S = AppointmentStatus
pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-02 07:00"), tick=False)]
NOTICE = "Cancelled: Ana Silva, Mon 2 Mar, 10:00."


@pytest.fixture
def booked():
    factories.room()
    kind = factories.visit_type(slug="consultation")
    person = factories.practitioner(hours=("10:00", "14:00"))
    return a_visit("2026-03-02 10:00", practitioner=person, patient=named("Ana", "Silva"), visit_type=kind)


@pytest.fixture
def cancelled(booked, desk):
    cancellations.cancel(booked, by=desk, at=timezone.now(), note="Asked by phone")
    return booked


def undo(page, cancelled, **data):
    return page.post(reverse("desk-undo-cancel", args=[cancelled.pk]), data, follow=True)


def test_the_visit_and_its_day_offer_it_for_three_minutes(page, cancelled, time_machine):
    pages = [cancelled.get_absolute_url(), "/desk/", "/desk/?view=practitioners", "/desk/?view=week"]
    offered = [NOTICE in text(page.get(path)) for path in pages]
    time_machine.shift(timedelta(minutes=3))

    assert offered == [True] * 4
    assert [NOTICE in text(page.get(path)) for path in pages] == [False] * 4


def test_it_is_offered_to_nobody_who_may_not(cancelled):
    manager = as_(factories.user(Role.MANAGER))

    assert NOTICE not in text(manager.get("/desk/")) + text(manager.get(cancelled.get_absolute_url()))


def test_what_the_patient_cancelled_is_not_the_desks_to_take_back(page, booked):
    cancellations.cancel(booked, by=factories.user(), at=timezone.now())

    assert NOTICE not in text(page.get("/desk/"))


def test_undo_books_it_again_and_leads_back(page, desk, cancelled):
    answer = undo(page, cancelled, next="/desk/?view=week")

    cancelled.refresh_from_db()
    assert cancelled.status == S.BOOKED
    assert answer.redirect_chain == [("/desk/?view=week", 302)]
    assert "The visit of Ana Silva is booked again." in text(answer)
    assert AuditEvent.objects.filter(action=AuditAction.UPDATE, patient=cancelled.patient, by=desk).count() == 1


def test_a_time_taken_meanwhile_is_refused_with_the_nearest_ones(page, cancelled):
    a_visit("2026-03-02 10:00", practitioner=cancelled.practitioner, visit_type=cancelled.visit_type)

    answer = undo(page, cancelled)

    cancelled.refresh_from_db()
    assert (answer.status_code, cancelled.status) == (409, S.CANCELLED)
    assert "The visit of Ana Silva stays cancelled" in text(answer)
    assert len(answer.context["refusal"].alternatives) == 3
    link = text(answer).partition('class="time-button" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert link.startswith(f"/desk/patients/{cancelled.patient_id}/book/?visit_type=consultation")
    assert 'value="' + f"{cancelled.practitioner_id}@2026-03-02T10:30" in text(page.get(link)).partition(" checked")[0]


def test_too_late_is_a_sentence(page, cancelled, time_machine):
    time_machine.shift(timedelta(minutes=4))

    answer = undo(page, cancelled)

    assert answer.status_code == 409
    assert "The three minutes for taking it back are over." in text(answer)


def test_the_day_asks_as_often_for_three_cancellations_as_for_one(page, cancelled, desk):
    once = queries_of(page, "/desk/")
    for hour in (11, 12):
        other = a_visit(f"2026-03-02 {hour}:00", practitioner=cancelled.practitioner, visit_type=cancelled.visit_type)
        cancellations.cancel(other, by=factories.user(Role.DESK), at=timezone.now(), note="Ill")

    assert queries_of(page, "/desk/") == once
    assert len(page.get("/desk/").context["undoable"]) == 3


# The same visit cancelled twice


def test_the_second_to_cancel_hears_who_was_first_and_keeps_the_words(cancelled):
    other = as_(factories.user(Role.DESK, name="Jurga"))

    answer = other.post(reverse("desk-cancel", args=[cancelled.pk]), {"reason": "She has a cold"})

    assert answer.status_code == 409
    for words in ["cancelled already, at 07:00, by Milda", "Asked by phone", "You wrote: “She has a cold”"]:
        assert words in text(answer)
    assert cancelled.status_changes.filter(to_status=S.CANCELLED).count() == 1


def test_the_same_answer_sent_twice_is_one_cancellation(page, booked):
    answers = [page.post(reverse("desk-cancel", args=[booked.pk]), {"reason": "Ill"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert booked.status_changes.filter(to_status=S.CANCELLED).count() == 1


def test_a_refused_cancellation_keeps_the_words_and_can_be_sent_again(page, booked):
    Appointment.objects.update(calendar_sequence=1, starts_at=at("2026-03-02 11:00"), ends_at=at("2026-03-02 11:30"))
    path = reverse("desk-cancel", args=[booked.pk])

    answer = page.post(path, {"reason": "She has a cold", "seen_sequence": 0})

    assert answer.status_code == 409
    for words in ["now on Mon 2 Mar 2026, 11:00", ">She has a cold</textarea>", 'name="seen_sequence" value="1"']:
        assert words in text(answer).replace("> She", ">She")
    assert page.post(path, {"reason": "She has a cold", "seen_sequence": 1}).status_code == 302


@pytest.mark.parametrize("path", ["{visit}", "/desk/", "/desk/?view=practitioners"])
def test_nobody_is_said_to_have_missed_what_was_cancelled(page, cancelled, time_machine, path):
    time_machine.move_to(at("2026-03-02 12:00"))

    content = text(page.get(path.format(visit=cancelled.get_absolute_url())))

    assert [words for words in ("Did not come", "did not attend", ">late<") if words in content] == []
