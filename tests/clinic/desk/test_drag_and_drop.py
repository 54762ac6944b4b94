"""A visit that was dragged on the board: what the desk is asked, and what it sees if the visit cannot be moved."""

import re

import pytest

from clinic.models import Appointment, AppointmentStatus, AuditAction, AuditEvent, Role
from tests import factories
from tests.clinic.desk.visits import a_visit, named
from tests.factories import at, civil
from tests.web import as_, queries_of, text

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-02 07:00"), tick=False)]
BOARD = "/desk/?view=practitioners&day=2026-03-02"


@pytest.fixture
def booked(doctor):
    kind = factories.visit_type(slug="consultation")
    return a_visit("2026-03-02 10:00", practitioner=doctor, patient=named("Ana", "Silva"), visit_type=kind)


def address_of(appointment):
    return f"/desk/appointments/{appointment.pk}/move-to/"


def dropped(when="2026-03-02T11:30", seen=0, **more):
    return {"starts_at": when, "seen_sequence": seen, "next": BOARD} | more


def place_of(appointment):
    appointment.refresh_from_db()
    return civil(appointment.starts_at), appointment.practitioner


def test_booked_visits_can_be_taken_hold_of_and_others_not(page, booked):
    a_visit("2026-03-02 14:00", practitioner=booked.practitioner, status=AppointmentStatus.ARRIVED)

    answer = page.get(BOARD)

    assert re.findall(r'data-move="([^"]+)"', answer.content.decode()) == [address_of(booked)]
    assert 'data-seen="0" data-start="600" data-end="630" data-step="30"' in text(answer)
    assert f'data-day="2026-03-02" data-practitioner="{booked.practitioner_id}"' in text(answer)
    assert "data-move" not in as_(factories.user(Role.MANAGER)).get(BOARD).content.decode()


def test_asks_before_it_moves(page, booked):
    answer = page.get(address_of(booked), dropped())

    for words in ["Move Ana Silva from 10:00 to 11:30?", "Monday 2 March, 11:30 – 12:00", "Leave it"]:
        assert words in text(answer)
    assert place_of(booked)[0] == "2026-03-02 10:00"


def test_the_dialog_is_the_same_question_as_the_page(page, booked):
    without_hx = re.compile(r' hx-[a-z-]+="[^"]*"|name="csrfmiddlewaretoken" value="[^"]+"')

    whole = text(page.get(address_of(booked), dropped()))
    part = text(page.get(address_of(booked), dropped(), headers={"HX-Request": "true"}))

    question = without_hx.sub("", part).replace("h2", "h1").strip()
    assert question.startswith('<h1 id="move-title"> Move Ana Silva')
    assert question in without_hx.sub("", whole)


def test_moves_and_leads_back_to_the_board(page, desk, doctor, booked):
    answer = page.post(address_of(booked), dropped(note="Asked by phone"), follow=True)

    assert place_of(booked) == ("2026-03-02 11:30", doctor)
    assert answer.redirect_chain == [(BOARD, 302)]
    assert "Moved: Ana Silva, now Monday 2 March 2026, 11:30" in text(answer)
    assert "Asked by phone" in booked.status_changes.get().note
    assert AuditEvent.objects.filter(action=AuditAction.UPDATE, by=desk, what="visit").count() == 1


def test_the_dialog_leads_back_too(page, booked):
    answer = page.post(address_of(booked), dropped(), headers={"HX-Request": "true"})

    assert (answer["HX-Redirect"], place_of(booked)[0]) == (BOARD, "2026-03-02 11:30")
    assert (
        page.post(address_of(booked), dropped(seen=1, next="//evil.example"))["Location"] == booked.get_absolute_url()
    )


def test_moves_to_the_column_of_another_person_and_to_another_day(page, booked):
    other = factories.practitioner()

    asked = text(page.get(address_of(booked), dropped("2026-03-03T10:00", practitioner=other.pk)))
    page.post(address_of(booked), dropped("2026-03-03T10:00", practitioner=other.pk))

    assert "Move Ana Silva from Mon 2 Mar, 10:00 to Tue 3 Mar, 10:00?" in asked
    assert f"<strong>{other}</strong> instead of {booked.practitioner}" in asked
    assert place_of(booked) == ("2026-03-03 10:00", other)


def test_says_at_once_who_is_in_the_way_and_when_else(page, doctor, booked):
    a_visit("2026-03-02 11:30", practitioner=doctor, patient=named("Jonas", "First"), visit_type=booked.visit_type)

    answer = page.get(address_of(booked), dropped())

    assert "11:30 – 12:00, Jonas First, Consultation" in text(answer)
    assert len(answer.context["alternatives"]) == 3


def test_a_taken_time_is_refused_with_the_three_nearest_and_one_of_them_moves_it(page, doctor, booked):
    a_visit("2026-03-02 11:30", practitioner=doctor, visit_type=booked.visit_type)

    answer = page.post(address_of(booked), dropped(note="Asked by phone"), headers={"HX-Request": "true"})

    assert (answer.status_code, place_of(booked)[0]) == (409, "2026-03-02 10:00")
    assert "this time has just been taken" in text(answer)
    assert 'value="Asked by phone"' in text(answer)
    instead = re.findall(r'name="instead" value="([^"]+)"', answer.content.decode())
    assert len(instead) == 3
    page.post(address_of(booked), dropped(instead=instead[0].replace("&quot;", "")))
    assert place_of(booked)[0] == instead[0].partition("@")[2][:16].replace("T", " ")


def test_over_another_visit_for_a_written_reason(page, doctor, booked):
    a_visit("2026-03-02 11:30", practitioner=doctor, visit_type=booked.visit_type)

    page.post(address_of(booked), dropped(overlap_reason="She is in pain"))

    assert (place_of(booked)[0], booked.overlap_reason) == ("2026-03-02 11:30", "She is in pain")


def test_a_stale_board_is_a_409_that_shows_what_changed(page, doctor, booked):
    other = Appointment.objects.get()
    factories.move(other, at("2026-03-02 16:00"), practitioner=doctor, by_desk=True)

    seen_first = text(page.get(address_of(booked), dropped()))
    answer = page.post(address_of(booked), dropped())

    assert "It is now on Mon 2 Mar, 16:00" in seen_first
    assert (answer.status_code, place_of(booked)[0]) == (409, "2026-03-02 16:00")
    for words in ["This visit has changed since you looked at it. It is now on Mon 2 Mar 2026, 16:00", 'value="1"']:
        assert words in text(answer)
    page.post(address_of(booked), dropped(seen=1))
    assert place_of(booked)[0] == "2026-03-02 11:30"


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ({"is_other_place": "1"}, "The room and the machine of a visit cannot be chosen"),
        ({"when": "2026-03-02T06:30"}, "This hour is over."),
        ({"when": "2026-03-29T03:30"}, "couldn’t be interpreted in time zone"),
        ({"when": "soon"}, "Enter a valid date/time."),
        ({"when": ""}, "Choose a time."),
        ({"practitioner": "999"}, "Select a valid choice."),
    ],
)
def test_where_no_visit_can_be_is_said_plainly(page, booked, where, sentence):
    asked, answered = page.get(address_of(booked), dropped(**where)), page.post(address_of(booked), dropped(**where))

    assert (asked.status_code, answered.status_code) == (200, 409)
    for answer in (asked, answered):
        assert sentence in text(answer).replace("&#x27;", "’").replace("&quot;", "")
        assert ">Move</button>" not in text(answer)
    assert place_of(booked)[0] == "2026-03-02 10:00"


def test_somebody_who_does_other_visits_is_refused(page, booked):
    person = factories.physiotherapist()

    answer = page.post(address_of(booked), dropped(practitioner=person.pk))

    assert (answer.status_code, place_of(booked)[0]) == (409, "2026-03-02 10:00")
    assert f"{person} does not do this kind of visit then: Consultation." in text(answer)


@pytest.mark.parametrize("when", ["2026-03-02T20:00", "2026-03-02T11:35", "2026-03-07T10:00"])
def test_outside_hours_and_off_the_grid_is_refused_with_alternatives(page, booked, when):
    answer = page.post(address_of(booked), dropped(when))

    assert (answer.status_code, place_of(booked)[0]) == (409, "2026-03-02 10:00")
    assert len(answer.context["alternatives"]) == 3


@pytest.mark.parametrize("status", [AppointmentStatus.ARRIVED, AppointmentStatus.CANCELLED])
def test_a_visit_that_went_on_meanwhile_stays(page, booked, status):
    Appointment.objects.update(status=status)

    answer = page.post(address_of(booked), dropped())

    assert (answer.status_code, place_of(booked)[0]) == (409, "2026-03-02 10:00")
    assert f"cannot be moved any more. Its state: {status.label}" in text(answer)


def test_the_question_costs_the_same_whoever_is_in_the_way(page, doctor, booked):
    a_visit("2026-03-02 11:30", practitioner=doctor, visit_type=booked.visit_type)
    once = queries_of(page, address_of(booked), dropped())
    a_visit("2026-03-02 11:40", practitioner=doctor, visit_type=booked.visit_type, overlap_reason="In pain")
    a_visit("2026-03-02 11:50", practitioner=doctor, visit_type=booked.visit_type, overlap_reason="In pain")

    assert queries_of(page, address_of(booked), dropped()) == once


FAR = ["9999-12-31T23:50", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "1999-12-31T10:00"]


@pytest.mark.parametrize("when", FAR)
@pytest.mark.parametrize("is_instead", [True, False])
def test_a_day_at_the_end_of_all_calendars_is_refused_with_a_sentence(page, booked, when, is_instead):
    own = f"{booked.practitioner_id}@{when}" if when[-3] == ":" and len(when) > 16 else "nobody@never"
    answer = page.post(address_of(booked), dropped("2026-03-02T11:30", instead=own) if is_instead else dropped(when))

    assert answer.status_code == 409
    assert place_of(booked)[0] == "2026-03-02 10:00"
