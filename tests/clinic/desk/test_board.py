"""The day as columns by person, room and machine; a person's week; the sheet for paper."""

import re

import pytest

from clinic.models import AppointmentStatus, Closure, Practitioner
from tests import factories
from tests.clinic.desk.visits import a_visit, named
from tests.factories import at
from tests.web import as_, queries_of, text

S = AppointmentStatus
VIEWS = ["practitioners", "rooms", "machines", "week"]
pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-02 12:07"), tick=False)]


def columns(answer):
    return [
        (column.title, [str(block.visit.patient) for block in column.visits])
        for column in answer.context["board"].columns
    ]


def only_block(answer):
    (block,) = [block for column in answer.context["board"].columns for block in column.visits]
    return block


def test_by_person_has_a_column_for_everybody_who_works_or_has_visits(page):
    works, away, came_anyway = (
        factories.practitioner(),
        factories.practitioner(days=[1]),
        factories.practitioner(days=[1]),
    )
    a_visit(practitioner=works, patient=named("Ona", "First"))
    a_visit(practitioner=came_anyway, patient=named("Jonas", "Second"))

    answer = page.get("/desk/", {"view": "practitioners"})

    assert columns(answer) == [(str(works), ["Ona First"]), (str(came_anyway), ["Jonas Second"])]
    assert str(away) not in [title for title, _visits in columns(answer)]


def test_by_room_and_by_machine_put_each_visit_where_it_is(page):
    room, machine = factories.room(), factories.machine()
    a_visit("2026-03-02 10:00", room=room, patient=named("Ona", "First"))
    a_visit("2026-03-02 14:00", patient=named("Jonas", "Second"))
    a_visit("2026-03-02 15:00", room=room, ultrasound_machine=machine, patient=named("Rasa", "Third"))

    rooms = columns(page.get("/desk/", {"view": "rooms"}))
    machines = columns(page.get("/desk/", {"view": "machines"}))

    assert rooms == [(str(room), ["Ona First", "Rasa Third"]), ("Without a room", ["Jonas Second"])]
    assert machines == [(str(machine), ["Rasa Third"])]


@pytest.mark.parametrize("view", ["practitioners", "rooms", "week"])
def test_each_visit_says_hour_patient_state_and_leads_to_its_page(page, view):
    room, person = factories.room(), factories.practitioner()
    shown = a_visit("2026-03-02 15:00", practitioner=person, room=room, patient=named("Ona", "First"))

    content = text(page.get("/desk/", {"view": view}))

    assert f'id="board-{shown.pk}" href="/desk/appointments/{shown.pk}/"' in content
    for words in ["Ona First", '<strong class="board-state">booked</strong>', "Consultation", "15:00</time>"]:
        assert words in content


@pytest.mark.parametrize(
    ("status", "when", "tone", "word"),
    [
        (S.BOOKED, "15:00", "note", "booked"),
        (S.BOOKED, "11:00", "wait", "late"),
        (S.ARRIVED, "12:00", "go", "arrived"),
        (S.FULFILLED, "09:00", "quiet", "seen"),
        (S.NOSHOW, "09:00", "stop", "did not attend"),
    ],
)
def test_every_state_has_a_colour_an_icon_and_a_word(page, status, when, tone, word):
    a_visit(f"2026-03-02 {when}", practitioner=factories.practitioner(), status=status)

    content = text(page.get("/desk/", {"view": "practitioners"}))

    assert f'class="visit is-{tone}"' in content
    assert f'<strong class="board-state">{word}</strong>' in content
    assert 'class="board-who"> <svg class="icon' in content or 'class="board-who"><svg class="icon' in content


def test_cancelled_visits_and_holds_use_no_room_in_the_columns(page):
    person = factories.practitioner()
    a_visit(practitioner=person, status=S.CANCELLED)
    a_visit(practitioner=person, status=S.PENDING, held_until=at("2026-03-02 12:10"))

    assert columns(page.get("/desk/", {"view": "practitioners"})) == [(str(person), [])]


@pytest.mark.parametrize(
    ("when", "minutes", "place"),
    [
        ("09:00", 30, "from-h9 from-m0 to-h9 to-m6"),
        ("09:40", 45, "from-h9 from-m8 to-h10 to-m5"),
        ("09:02", 21, "from-h9 from-m0 to-h9 to-m5"),
        ("23:30", 60, "from-h23 from-m6 to-h24 to-m0"),
    ],
)
def test_a_visit_stands_at_its_hour_for_its_length(page, when, minutes, place):
    a_visit(f"2026-03-02 {when}", minutes=minutes)

    assert only_block(page.get("/desk/", {"view": "practitioners"})).place == place


def test_on_the_days_of_clock_changes_a_visit_stands_at_the_hour_of_the_wall(page):
    a_visit("2026-03-29 10:00")

    block = only_block(page.get("/desk/", {"view": "practitioners", "day": "2026-03-29"}))

    assert block.place == "from-h10 from-m0 to-h10 to-m6"


def test_what_overlaps_stands_side_by_side(page):
    person = factories.practitioner()
    for when, status in [("10:00", S.NOSHOW), ("10:00", S.BOOKED), ("10:15", S.NOSHOW), ("11:00", S.BOOKED)]:
        a_visit(f"2026-03-02 {when}", practitioner=person, status=status)

    (column,) = page.get("/desk/", {"view": "practitioners"}).context["board"].columns

    assert [(block.lane, block.lanes) for block in column.visits] == [(1, 3), (2, 3), (3, 3), (1, 1)]


def test_hours_absences_and_closures_are_drawn(page):
    person = factories.practitioner(hours=("09:00", "12:00"))
    person.time_off.create(starts_at=at("2026-03-02 10:00"), ends_at=at("2026-03-02 11:00"), reason="Course")
    Closure.objects.create(starts_at=at("2026-03-02 11:00"), ends_at=at("2026-03-03 18:00"), reason="Power cut")

    (column,) = page.get("/desk/", {"view": "practitioners"}).context["board"].columns

    assert [block.place for block in column.open] == ["from-h9 from-m0 to-h12 to-m0"]
    assert [(block.words, block.place) for block in column.away] == [
        ("Course", "from-h10 from-m0 to-h11 to-m0"),
        ("Power cut", "from-h11 from-m0 to-h12 to-m0"),
    ]


def test_the_line_of_now_stands_on_today_only(page):
    factories.practitioner()

    def lines(**query):
        content = page.get("/desk/", {"view": "practitioners"} | query).content.decode()
        return re.findall(r"board-now (from[^\"]+)", content)

    assert (lines(), lines(day="2026-03-03")) == (["from-h12 from-m1 to-h12 to-m2"], [])


def test_week_shows_one_person_day_by_day(page):
    first, second = sorted((factories.practitioner(), factories.practitioner(days=[0, 5])), key=str)
    a_visit("2026-03-04 10:00", practitioner=first, patient=named("Ona", "First"))
    a_visit("2026-03-07 10:00", practitioner=second, patient=named("Jonas", "Second"))
    person = Practitioner.objects.get(pk=second.pk)

    answer = page.get("/desk/", {"view": "week", "day": "2026-03-05", "practitioner": person.pk})
    whole = page.get("/desk/", {"view": "week", "day": "2026-03-05"})

    days = [(str(column.day), len(column.visits)) for column in answer.context["board"].columns]
    assert ("2026-03-07", 1) in days
    assert f"Week of {person}, 2 March to 8 March 2026" in text(answer)
    assert whole.context["person"] == Practitioner.objects.active().first()
    assert (str(answer.context["earlier"]), str(answer.context["later"])) == ("2026-02-26", "2026-03-12")


@pytest.mark.parametrize("view", VIEWS)
def test_an_empty_clinic_is_shown_too(page, view):
    assert "Nobody works here then" in text(page.get("/desk/", {"view": view}))


def test_a_view_that_is_none_is_the_list(page):
    a_visit(patient=named("Ona", "First"))

    assert [str(v.patient) for v in page.get("/desk/", {"view": "x"}).context["visits"]] == ["Ona First"]


@pytest.mark.parametrize("view", ["list", *VIEWS])
def test_the_part_that_fetches_itself_is_part_of_the_page(page, view):
    a_visit(practitioner=factories.practitioner(), status=S.ARRIVED, room=factories.room())
    without_token = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')

    whole = without_token.sub("", page.get("/desk/", {"view": view}).content.decode())
    part = page.get("/desk/", {"view": view}, headers={"HX-Request": "true"}).content.decode()

    part = without_token.sub("", part).strip()
    assert part.startswith('<div id="day" data-refresh hx-get="/desk/?view=')
    assert part in whole


@pytest.mark.parametrize("view", VIEWS)
def test_board_asks_as_often_for_many_as_for_one(page, view):
    def add(hour):
        person = factories.practitioner()
        person.time_off.create(starts_at=at("2026-03-05 10:00"), ends_at=at("2026-03-05 11:00"))
        place = {"room": factories.room(), "ultrasound_machine": factories.machine()}
        a_visit(f"2026-03-02 {hour}:00", practitioner=person, patient=factories.patient(phone="+37061234567"), **place)

    def count():
        page.get("/desk/", {"view": view})  # reads the timetable, which has changed
        return queries_of(page, "/desk/", {"view": view})

    add(16)  # still to come: of what is over nobody asks whether it can take place
    once = count()
    add(11)
    add(12)

    assert count() == once


def test_an_overlap_of_the_desks_own_says_so(page):
    a_visit(practitioner=factories.practitioner(), overlap_reason="She is in pain")

    assert "overlaps" in text(page.get("/desk/", {"view": "practitioners"}))


# On paper


def test_day_sheet_has_a_line_for_everybody_who_comes(page):
    a_visit("2026-03-02 15:00", patient=named("Ona", "First", phone="+37061234567"), room=factories.room())
    a_visit("2026-03-02 16:00", patient=named("Jonas", "Gone"), status=S.CANCELLED)
    a_visit("2026-03-03 15:00", patient=named("Rasa", "Tomorrow"))

    content = text(page.get("/desk/day-sheet/"))

    for words in ["Monday 2 March 2026", "15:00 – 15:30", "Ona First", "29 Feb 1980", "+370 612 34567", "Notes"]:
        assert words in content
    assert ("Jonas Gone" in content, "Rasa Tomorrow" in content) == (False, False)
    assert "Rasa Tomorrow" in text(page.get("/desk/day-sheet/", {"day": "2026-03-03"}))
    assert "Monday 2 March 2026" in text(page.get("/desk/day-sheet/", {"day": "soon"}))


def test_day_sheet_asks_as_often_for_three_visits_as_for_one(page):
    a_visit(patient=factories.patient(phone="+37061234567"))
    once = queries_of(page, "/desk/day-sheet/")
    a_visit(patient=factories.patient(phone="+37061234568"))
    a_visit(patient=factories.patient(phone="+37061234569"))

    assert queries_of(page, "/desk/day-sheet/") == once


def test_day_sheet_is_for_desk_and_manager():
    answers = [as_(factories.user(role)).get("/desk/day-sheet/").status_code for role in ["manager", "physician", None]]

    assert answers == [200, 403, 403]
