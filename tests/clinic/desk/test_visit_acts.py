"""What the desk does with a visit: check in, undo it, did not come, cancel."""

import pytest
from django.urls import reverse

from clinic.errors import MoveNotAllowed
from clinic.models import Appointment, AppointmentStatus, AuditAction, AuditEvent, Message
from tests.clinic.desk.visits import a_visit, named
from tests.factories import at
from tests.web import text

S = AppointmentStatus
pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-02 12:00"), tick=False)]
TEN = "2026-03-02 10:00"


@pytest.mark.parametrize(
    ("name", "status", "becomes", "sentence"),
    [
        ("check-in", S.BOOKED, S.ARRIVED, "Ona Early is checked in."),
        ("check-in", S.NOSHOW, S.ARRIVED, "Ona Early is checked in."),
        ("undo-check-in", S.ARRIVED, S.BOOKED, "Ona Early is no longer checked in."),
        ("did-not-attend", S.BOOKED, S.NOSHOW, "Noted: Ona Early did not come."),
    ],
)
def test_an_act_moves_the_visit_and_names_the_patient(page, desk, name, status, becomes, sentence):
    found = a_visit(TEN, status=status, patient=named("Ona", "Early"))

    answer = page.post(reverse(f"desk-{name}", args=[found.pk]), {"next": "/desk/?day=2026-03-02"}, follow=True)

    found.refresh_from_db()
    assert found.status == becomes
    assert [change.by for change in found.status_changes.all()] == [desk]
    assert answer.redirect_chain == [("/desk/?day=2026-03-02", 302)]
    assert sentence in text(answer)
    assert AuditEvent.objects.filter(action=AuditAction.UPDATE, patient=found.patient, by=desk).count() == 1


def test_an_act_done_twice_is_done_once(page):
    found = a_visit(TEN)

    for _ in range(2):
        assert page.post(reverse("desk-check-in", args=[found.pk])).status_code == 302

    assert found.status_changes.count() == 1


@pytest.mark.parametrize(
    ("name", "status", "when", "sentence"),
    [
        ("check-in", S.BOOKED, "2026-03-03 09:00", "This visit is on a later day."),
        ("did-not-attend", S.BOOKED, "2026-03-02 12:01", "This visit has not begun yet"),
        ("check-in", S.CANCELLED, TEN, "This has changed in the meantime."),
        ("check-in", S.FULFILLED, TEN, "This has changed in the meantime."),
        ("undo-check-in", S.FULFILLED, TEN, "This has changed in the meantime."),
        ("did-not-attend", S.ARRIVED, TEN, "This has changed in the meantime."),
    ],
)
def test_what_is_not_possible_is_a_page_with_a_sentence(page, name, status, when, sentence):
    found = a_visit(when, status=status)

    answer = page.post(reverse(f"desk-{name}", args=[found.pk]))

    assert answer.status_code == 409
    assert sentence in text(answer)
    assert list(found.status_changes.all()) == []
    assert list(AuditEvent.objects.about_patients()) == []


def test_a_patient_can_arrive_on_the_day_and_after_it_not_before():
    found = a_visit("2026-03-03 09:00")

    with pytest.raises(MoveNotAllowed):
        found.check_in(by=None, at=at("2026-03-02 23:59"))
    found.check_in(by=None, at=at("2026-03-03 00:00"))

    assert found.status == S.ARRIVED


def test_nobody_misses_a_visit_before_its_hour():
    found = a_visit("2026-03-03 09:00")

    with pytest.raises(MoveNotAllowed):
        found.mark_missed(by=None, at=at("2026-03-03 08:59"))
    found.mark_missed(by=None, at=at("2026-03-03 09:00"))

    assert found.status == S.NOSHOW


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "",
        "😀\x00",
    ],
)
def test_next_leads_to_no_other_host(page, elsewhere):
    found = a_visit(TEN)

    answer = page.post(reverse("desk-check-in", args=[found.pk]), {"next": elsewhere})

    assert (answer.status_code, answer["Location"]) == (302, found.get_absolute_url())


# Cancelling


def test_cancelling_asks_for_a_reason_and_tells_the_patient(page, desk):
    found = a_visit(patient=named("Ona", "Early"))
    path = reverse("desk-cancel", args=[found.pk])

    refused = page.post(path, {"reason": "  "})
    answer = page.post(path, {"reason": "Dr is ill"}, follow=True)

    assert "Write why the visit is cancelled, in a few words." in text(refused)
    found.refresh_from_db()
    change = found.status_changes.get()
    assert (found.status, change.by, change.note) == (S.CANCELLED, desk, "Dr is ill")
    assert [message.subject for message in Message.objects.all()] == ["Your visit is cancelled: Ona E."]
    assert answer.redirect_chain == [(found.get_absolute_url(), 302)]
    assert "The visit of Ona Early is cancelled." in text(answer)


def test_a_visit_that_was_seen_cannot_be_cancelled(page):
    found = a_visit(TEN, status=S.FULFILLED)
    path = reverse("desk-cancel", args=[found.pk])

    assert "This visit cannot be cancelled any more." in text(page.get(path))
    assert page.post(path, {"reason": "x"}).status_code == 409
    assert list(Message.objects.all()) == []


def test_a_reason_of_half_a_megabyte_gets_a_sentence(page):
    found = a_visit()

    answer = page.post(reverse("desk-cancel", args=[found.pk]), {"reason": "😀" * 125_000})

    assert answer.status_code == 200
    assert "Ensure this value has at most 500 characters" in text(answer)
    assert Appointment.objects.get().status == S.BOOKED


def test_a_page_left_open_cancels_nothing_that_was_seen_meanwhile(page):
    found = a_visit("2026-03-02 11:30", status=S.ARRIVED)
    page.get(reverse("desk-cancel", args=[found.pk]))
    found.fulfil(by=None)

    assert page.post(reverse("desk-cancel", args=[found.pk]), {"reason": "x"}).status_code == 409
    assert Appointment.objects.get().status == S.FULFILLED
