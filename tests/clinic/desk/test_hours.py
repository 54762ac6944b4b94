"""Hours, absences, rooms and machines at the desk: form, preview of the visits that would be affected, change."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import Closure, Role, Room, TimeOff, WorkingHours, WorkItem
from clinic.work_kinds import VISIT_AFFECTED
from tests import factories
from tests.clinic.desk.visits import named
from tests.factories import NOW, at
from tests.web import NOT_FOUND, NOT_YOURS, as_, queries_of, refusal, text

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
PATH = "/desk/hours/"


@pytest.fixture
def visit(doctor):
    ona = named("Ona", "Kazlauskienė", phone="+370 612 34567")
    return factories.appointment(starts_at=at("2026-03-04 10:00"), practitioner=doctor, patient=ona)


def time_off(doctor, **more):
    usual = {"practitioner": doctor.pk, "starts_at": "2026-03-04T00:00", "ends_at": "2026-03-05T00:00", "reason": ""}
    return usual | more


def hours(doctor, **more):
    return {"practitioner": doctor.pk, "weekday": 5, "starts": "09:00", "ends": "12:00"} | more


def errors(answer):
    return {name: list(lines) for name, lines in answer.context["form"].errors.items()}


# The overview


def test_overview_says_who_works_when_and_who_is_away(page, doctor):
    doctor.time_off.create(starts_at=at("2026-03-09 00:00"), ends_at=at("2026-03-10 00:00"), reason="Course")
    doctor.time_off.create(starts_at=at("2026-02-02 00:00"), ends_at=at("2026-02-03 00:00"), reason="Long ago")
    Closure.objects.create(starts_at=at("2026-03-11 00:00"), ends_at=at("2026-03-12 00:00"), reason="Holiday")
    Room.objects.create(name="Garden", is_active=False)

    content = text(page.get(PATH))

    monday = f'09:00–17:00<span class="visually-hidden"> Monday, {doctor}'
    for words in [monday, "Mon 9 Mar 2026, 00:00", "Course", "Holiday", "Garden · not in use"]:
        assert words in content
    assert "Long ago" not in content


def test_overview_asks_the_database_as_often_for_many_as_for_one(page, doctor):
    factories.room(), factories.machine()
    doctor.time_off.create(starts_at=at("2026-03-09 00:00"), ends_at=at("2026-03-10 00:00"))
    few = queries_of(page, PATH)

    for _ in range(3):
        factories.room(), factories.machine()
        factories.practitioner().time_off.create(starts_at=at("2026-03-09 00:00"), ends_at=at("2026-03-10 00:00"))

    assert queries_of(page, PATH) == few


# The preview


def test_preview_lists_whom_to_call_and_changes_nothing(page, doctor, visit):
    answer = page.post(f"{PATH}time-off/new/", time_off(doctor))

    content = text(answer)
    title = "One booked visit would need another time"
    for words in [title, "Ona Kazlauskienė", "+370 612 34567", "Wed 4 Mar 2026, 10:00"]:
        assert words in content
    assert visit.get_absolute_url() in content
    assert (TimeOff.objects.count(), WorkItem.objects.count()) == (0, 0)


def test_preview_of_a_change_that_affects_nobody_says_so(page, doctor):
    answer = page.post(f"{PATH}closures/new/", {"starts_at": "2026-03-07T00:00", "ends_at": "2026-03-08T00:00"})

    assert "No booked visit is affected by this change." in text(answer)
    assert Closure.objects.count() == 0


def test_preview_asks_the_database_as_often_for_many_visits_as_for_one(page, doctor, visit):
    page.post(f"{PATH}time-off/new/", time_off(doctor))
    few = queries_of_post(page, time_off(doctor))
    for hour in (11, 12, 13):
        factories.appointment(starts_at=at(f"2026-03-04 {hour}:00"), practitioner=doctor, visit_type=visit.visit_type)

    assert queries_of_post(page, time_off(doctor)) == few


def queries_of_post(page, data):
    with CaptureQueriesContext(connection) as queries:
        page.post(f"{PATH}time-off/new/", data)
    return len(queries)


def test_going_back_keeps_what_was_written(page, doctor, visit):
    answer = page.post(f"{PATH}time-off/new/", time_off(doctor, reason="Course", back="1"))

    assert 'value="Course"' in text(answer)
    assert 'value="2026-03-04T00:00"' in text(answer)
    assert TimeOff.objects.count() == 0


# The change


def test_change_needs_the_tick_that_somebody_calls(page, doctor, visit):
    answer = page.post(f"{PATH}time-off/new/", time_off(doctor, apply="1", seen=visit.pk))

    assert "Tick that you will call these people" in text(answer)
    assert TimeOff.objects.count() == 0


def test_change_makes_a_work_item_for_each_visit_that_it_affects(page, doctor, visit):
    answer = page.post(f"{PATH}time-off/new/", time_off(doctor, apply="1", seen=visit.pk, will_call="on"), follow=True)

    assert "The change is made. One person is to be called." in text(answer)
    item = WorkItem.objects.get()
    assert (item.kind, item.appointment, item.patient) == (VISIT_AFFECTED.code, visit, visit.patient)
    assert item.what_to_say.startswith("The visit on Wednesday 4 March 2026, 10:00 cannot take place")
    assert TimeOff.objects.get().practitioner == doctor
    assert "A visit needs another time" in text(page.get("/desk/work/"))


def test_change_without_a_visit_in_its_way_needs_no_tick(page, doctor):
    page.post(f"{PATH}hours/new/", hours(doctor, apply="1"))

    assert doctor.working_hours.filter(weekday=5).count() == 1
    assert WorkItem.objects.count() == 0


def test_change_that_affects_others_than_were_seen_shows_them_first(page, doctor, visit):
    answer = page.post(f"{PATH}time-off/new/", time_off(doctor, apply="1", seen="", will_call="on"))

    assert "Another visit was booked or moved in the meantime." in text(answer)
    assert "Ona Kazlauskienė" in text(answer)
    assert TimeOff.objects.count() == 0


def test_what_was_seen_may_be_any_nonsense(page, doctor, visit):
    answer = page.post(f"{PATH}time-off/new/", time_off(doctor, apply="1", seen="9" * 5000, will_call="on"))

    assert "Another visit was booked or moved in the meantime." in text(answer)
    assert (answer.status_code, TimeOff.objects.count()) == (200, 0)


def test_hours_are_changed(page, doctor):
    row = doctor.working_hours.get(weekday=0)

    page.post(f"{PATH}hours/{row.pk}/", hours(doctor, weekday=0, ends="18:00", apply="1"))

    row.refresh_from_db()
    assert f"{row.starts:%H:%M}-{row.ends:%H:%M}" == "09:00-18:00"


def test_hours_are_removed_after_a_look_at_whom_it_affects(page, doctor, visit):
    row = doctor.working_hours.get(weekday=2)

    preview = page.post(f"{PATH}hours/{row.pk}/remove/")
    assert "Ona Kazlauskienė" in text(preview)
    assert WorkingHours.objects.filter(pk=row.pk).exists()

    page.post(f"{PATH}hours/{row.pk}/remove/", {"apply": "1", "seen": visit.pk, "will_call": "on"})
    assert not WorkingHours.objects.filter(pk=row.pk).exists()
    assert WorkItem.objects.get().appointment == visit


def test_a_room_is_taken_out_of_use_and_never_removed(page, visit):
    room = factories.room()
    visit.room = room
    visit.save()

    assert "Ona Kazlauskienė" in text(page.post(f"{PATH}rooms/{room.pk}/", {"name": room.name}))
    assert page.post(f"{PATH}rooms/{room.pk}/remove/").status_code == 404

    page.post(f"{PATH}rooms/{room.pk}/", {"name": room.name, "apply": "1", "seen": visit.pk, "will_call": "on"})
    room.refresh_from_db()
    assert room.is_active is False


# The forms


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"ends": "08:00"}, {"ends": ["The end must come after the beginning."]}),
        ({"starts": ""}, {"starts": ["Write when the work begins."]}),
        ({"practitioner": ""}, {"practitioner": ["Choose who it is."]}),
        (
            {"valid_from": "2026-03-09", "valid_until": "2026-03-08"},
            {"valid_until": ["The last day must not be before the first."]},
        ),
    ],
)
def test_hours_that_make_no_sense_are_refused_at_the_field(page, doctor, change, expected):
    assert errors(page.post(f"{PATH}hours/new/", hours(doctor, **change))) == expected


def test_hours_that_overlap_others_are_refused(page, doctor):
    answer = page.post(f"{PATH}hours/new/", hours(doctor, weekday=0, starts="16:00", ends="18:00"))

    sentence = f"{doctor} works then already: Monday 09:00-17:00. Change those hours, or choose others."
    assert errors(answer) == {"starts": [sentence]}


def test_hours_that_follow_others_are_accepted(page, doctor):
    doctor.working_hours.filter(weekday=0).update(valid_until="2026-03-31")

    page.post(f"{PATH}hours/new/", hours(doctor, weekday=0, valid_from="2026-04-01", apply="1"))

    assert doctor.working_hours.filter(weekday=0).count() == 2


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"ends_at": "2026-03-03T00:00"}, {"ends_at": ["The end must come after the beginning."]}),
        (
            {"starts_at": "2026-02-01T00:00", "ends_at": "2026-02-02T00:00"},
            {"ends_at": ["This is over already. Choose a time that is still to come."]},
        ),
        ({"starts_at": "0001-01-01T00:00"}, {"starts_at": ["This day is too far away."]}),
    ],
)
def test_absences_that_make_no_sense_are_refused_at_the_field(page, doctor, change, expected):
    assert errors(page.post(f"{PATH}time-off/new/", time_off(doctor, **change))) == expected


# Who may


@pytest.mark.parametrize("role", [Role.DESK, Role.MANAGER])
@pytest.mark.parametrize("kind", ["hours", "time-off", "closures", "rooms", "machines"])
def test_desk_and_manager_may_add_everything(role, kind, doctor):
    answer = as_(factories.user(role)).get(f"{PATH}{kind}/new/", {"practitioner": doctor.pk})

    assert answer.status_code == 200
    assert errors(answer) == {}


@pytest.mark.parametrize("role", [Role.PHYSICIAN, Role.PHYSIOTHERAPIST])
def test_others_may_not(role):
    client = as_(factories.user(role))

    for path in (PATH, f"{PATH}hours/new/", f"{PATH}unknown/new/"):
        assert refusal(client.get(path)) == NOT_YOURS


def test_what_is_not_changed_here_is_not_found(page):
    assert refusal(page.get(f"{PATH}practitioners/new/")) == NOT_FOUND
