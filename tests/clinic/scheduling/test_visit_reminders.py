"""Reminders before a visit: planned with it, gone with it, at a humane hour; and the patient's answer."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from clinic.errors import MoveNotAllowed
from clinic.messaging import delivery, preferences
from clinic.models import (
    AuditEvent,
    Message,
    MessageStatus,
    PatientAnswer,
    PreferenceSource,
    VisitReminder,
    WorkItem,
    WorkItemKind,
)
from clinic.scheduling import attendance, booking, cancellations, moved_visits, visit_answers, visit_reminders
from clinic.scheduling.wishes import Wish
from tests import factories
from tests.factories import NOW, at, civil
from tests.web import NOT_FOUND, refusal

pytestmark = pytest.mark.django_db
THURSDAY_TEN = at("2026-03-05 10:00")


@pytest.fixture
def clinic():
    factories.room()
    for hours in (48, 2):
        VisitReminder.objects.create(hours_before=hours)
    kind = factories.visit_type(notice_hours=2)
    return {"visit_type": kind, "practitioner": factories.practitioner(hours=("07:00", "23:00"))}


def book(clinic, starts_at=THURSDAY_TEN, *, when=NOW, patient=None):
    wish = Wish(**clinic, starts_at=starts_at, by_desk=True)
    return booking.book(wish, patient=patient or factories.patient(), at=when)


def waiting(visit):
    """Civil times of the reminders that are still to come."""
    rows = visit_reminders.messages_of(visit).filter(status=MessageStatus.WAITING)
    return [civil(due_at) for due_at in rows.order_by("due_at").values_list("due_at", flat=True)]


# When


def test_booking_plans_two_days_and_two_hours_before(clinic):
    visit = book(clinic)

    assert waiting(visit) == ["2026-03-03 10:00", "2026-03-05 08:00"]
    assert set(visit_reminders.messages_of(visit).values_list("not_after", flat=True)) == {visit.starts_at}
    assert set(visit_reminders.messages_of(visit).values_list("key", flat=True)) == {
        f"appointment:{visit.pk}:visit-reminder:48h:0:email",
        f"appointment:{visit.pk}:visit-reminder:2h:0:email",
    }


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        ("2026-03-05 08:30", ["2026-03-03 08:30", "2026-03-04 19:00"]),  # 06:30 would be at night
        ("2026-03-05 09:30", ["2026-03-03 09:30", "2026-03-04 19:00"]),
        ("2026-03-05 22:00", ["2026-03-03 19:00", "2026-03-05 19:00"]),
        ("2026-03-03 10:00", ["2026-03-03 08:00"]),  # booked a day before
        ("2026-03-02 08:30", []),  # booked at 07:00 of the same day
    ],
)
def test_reminders_come_by_day_and_never_in_the_past(clinic, starts, expected):
    assert waiting(book(clinic, at(starts))) == expected


def test_reminders_keep_out_of_the_patients_own_quiet_hours(clinic):
    patient = factories.patient()
    quiet = {"quiet_from": 18, "quiet_until": 9}
    preferences.choose(patient, by=None, source=PreferenceSource.DESK, at=NOW, **quiet)

    assert waiting(book(clinic, patient=patient)) == ["2026-03-03 10:00", "2026-03-04 17:00"]


@pytest.mark.parametrize("day", ["2026-03-30", "2026-10-26"])
def test_two_days_before_is_the_same_hour_over_a_change_of_the_clock(clinic, day):
    """The clock changes on Sunday 29 March and 25 October 2026 in Vilnius; the visit is on the Monday after."""
    two_days_before = date.fromisoformat(day) - timedelta(days=2)

    visit = book(clinic, at(f"{day} 10:00"), when=at(f"{two_days_before} 08:00") - timedelta(days=9))

    assert waiting(visit) == [f"{two_days_before} 10:00", f"{day} 08:00"]


def test_a_kind_of_visit_with_rows_of_its_own_uses_only_those(clinic):
    clinic["visit_type"].reminders.create(hours_before=24)

    assert waiting(book(clinic)) == ["2026-03-04 10:00"]


def test_reminders_that_fall_together_are_one(clinic):
    VisitReminder.objects.create(hours_before=3)

    assert waiting(book(clinic, at("2026-03-05 08:30"))) == ["2026-03-03 08:30", "2026-03-04 19:00"]


# What becomes of them


def test_moving_replaces_them(clinic):
    visit = book(clinic)

    moved_visits.reschedule(
        visit,
        to=Wish.of(visit, practitioner=clinic["practitioner"], starts_at=at("2026-03-06 12:00"), by_desk=True),
        at=NOW,
    )

    assert waiting(visit) == ["2026-03-04 12:00", "2026-03-06 10:00"]


def test_cancelling_takes_them_back_and_undoing_brings_them_back_with_a_link_that_works(clinic):
    visit = book(clinic)
    cancellations.cancel(visit, at=NOW)
    cancelled = waiting(visit)

    visit = cancellations.undo_cancel(visit, at=NOW + timedelta(minutes=1))

    assert cancelled == []
    assert waiting(visit) == ["2026-03-03 10:00", "2026-03-05 08:00"]
    bodies = visit_reminders.messages_of(visit).filter(status=MessageStatus.WAITING).values_list("body", flat=True)
    assert all(visit_answers.link_of(visit) in body for body in bodies)


def test_planning_again_changes_nothing(clinic):
    visit = book(clinic)
    before = list(Message.objects.values())

    visit_reminders.plan(visit, at=NOW + timedelta(minutes=5))

    assert list(Message.objects.values()) == before


def test_missed_visit_reminds_of_nothing(clinic):
    visit = book(clinic)

    attendance.did_not_attend(visit, at=THURSDAY_TEN + timedelta(minutes=20), by=factories.user())

    assert waiting(visit) == []


def test_who_is_here_already_is_not_reminded(clinic):
    visit = book(clinic)
    attendance.check_in(visit, at=at("2026-03-05 07:30"), by=factories.user())
    delivery.deliver_due(at=at("2026-03-05 08:00"))

    last = visit_reminders.messages_of(visit).get(occasion="2h")

    assert (last.status, last.tries) == (MessageStatus.WITHDRAWN, 0)


def test_never_after_the_visit_has_begun(clinic):
    visit = book(clinic)

    delivery.deliver_due(at=THURSDAY_TEN + timedelta(seconds=1))

    states = set(visit_reminders.messages_of(visit).values_list("status", flat=True))
    assert states == {MessageStatus.EXPIRED}


def test_patient_without_an_address_is_on_the_desks_list_until_the_visit_is_cancelled(clinic):
    visit = book(clinic, patient=factories.patient(email=""))
    items = WorkItem.objects.requested().filter(purpose="visit-reminder")
    planned = items.count()

    cancellations.cancel(visit, at=NOW)

    assert (planned, items.count()) == (2, 0)


def test_sms_and_subject_say_nothing_about_person_or_treatment(clinic):
    clinic["visit_type"].name = "Kanarienblock"
    clinic["visit_type"].save()
    visit = book(clinic, patient=factories.patient(family_name="Kanarienvogel"))
    message = visit_reminders.messages_of(visit).first()

    sms = message.other_words

    assert visit_answers.link_of(visit) in sms
    assert "Kanarien" not in sms + message.subject + message.body
    assert clinic["practitioner"].name not in sms


# The answer


@pytest.fixture
def visit(clinic, time_machine):
    time_machine.move_to(at("2026-03-03 10:05"))
    return book(clinic)


def address(visit):
    return reverse("visit", args=[visit_answers.link_of(visit).rstrip("/").rpartition("/")[2]])


def test_the_page_shows_the_visit_and_changes_nothing(client, visit):
    html = client.get(address(visit)).content.decode()

    visit.refresh_from_db()
    assert "Are you coming?" in html
    assert "Thursday 5 March 2026, 10:00" in html
    assert visit.practitioner.name in html
    assert visit.visit_type.name not in html
    assert visit.patient.family_name not in html
    assert visit.patient_answer == ""
    assert AuditEvent.objects.filter(patient=visit.patient, action="R").count() == 1


def test_i_come_is_kept_once_and_audited(client, visit):
    for _ in range(2):
        response = client.post(address(visit), {"answer": "coming"}, follow=True)

    visit.refresh_from_db()
    assert "Good, we expect you" in response.content.decode()
    assert (visit.patient_answer, civil(visit.answered_at)) == ("coming", "2026-03-03 10:05")
    assert AuditEvent.objects.filter(patient=visit.patient, what="answer to a reminder").count() == 1


def test_i_must_move_it_leads_to_moving(client, visit):
    html = client.post(address(visit), {"answer": "must-move"}, follow=True).content.decode()

    visit.refresh_from_db()
    assert visit.patient_answer == "must-move"
    assert reverse("my-move", args=[visit.pk]) in html


def test_i_must_move_it_leads_to_the_phone_when_it_is_too_near(client, visit, settings, time_machine):
    time_machine.move_to(THURSDAY_TEN - timedelta(hours=1))

    html = client.post(address(visit), {"answer": "must-move"}, follow=True).content.decode()

    assert reverse("my-move", args=[visit.pk]) not in html
    assert f"Call {settings.CLINIC_PHONE}" in html
    assert WorkItem.objects.requested().get(kind=WorkItemKind.NO_ANSWER).appointment == visit


def test_an_answer_we_do_not_know_shows_the_page_again(client, visit):
    response = client.post(address(visit), {"answer": "perhaps"})

    visit.refresh_from_db()
    assert "Are you coming?" in response.content.decode()
    assert visit.patient_answer == ""


def move(visit):
    starts_at = at("2026-03-06 12:00")
    moved_visits.reschedule(visit, to=Wish.of(visit, starts_at=starts_at, by_desk=True), at=NOW)


def cancel(visit):
    cancellations.cancel(visit, at=NOW)


@pytest.mark.parametrize(
    ("act", "sentence"), [(move, "This visit has another time now."), (cancel, "This visit is cancelled.")]
)
def test_link_is_of_no_use_after_a_change(client, visit, act, sentence):
    link = address(visit)
    act(visit)

    shown, posted = client.get(link), client.post(link, {"answer": "coming"})

    visit.refresh_from_db()
    assert (shown.status_code, posted.status_code) == (410, 410)
    assert sentence in shown.content.decode()
    assert visit.patient_answer == ""


def test_link_is_of_no_use_once_the_visit_has_begun(client, visit, time_machine):
    time_machine.move_to(THURSDAY_TEN)

    answer = client.post(address(visit), {"answer": "coming"})

    visit.refresh_from_db()
    assert (answer.status_code, visit.patient_answer) == (410, "")


def test_link_that_was_not_made_by_us_is_not_found(client, visit):
    answer = client.get(reverse("visit", args=[f"{visit.pk}.0:forged"]))

    assert refusal(answer) == NOT_FOUND
    assert visit.patient.given_name not in answer.content.decode()


def test_answer_to_an_older_time_is_refused(visit):
    with pytest.raises(MoveNotAllowed, match="another time"):
        visit_answers.answer(visit, PatientAnswer.COMING, sequence=7, at=NOW)


def test_moving_forgets_the_answer(visit):
    visit_answers.answer(visit, PatientAnswer.COMING, sequence=0, at=NOW)
    visit.refresh_from_db()

    move(visit)

    visit.refresh_from_db()
    assert (visit.patient_answer, visit.answered_at) == ("", None)


# No answer

EVENING = at("2026-03-04 18:00")


def to_call():
    return list(WorkItem.objects.requested().filter(kind=WorkItemKind.NO_ANSWER).values_list("appointment", flat=True))


def reminded(clinic, starts_at=THURSDAY_TEN):
    visit = book(clinic, starts_at)
    delivery.deliver_due(at=starts_at - timedelta(days=2))
    return visit


def test_who_does_not_answer_is_called_from_the_evening_before(clinic):
    visit = reminded(clinic)

    visit_answers.open_unanswered_calls(at=EVENING - timedelta(minutes=1))
    early = to_call()
    for _ in range(2):
        visit_answers.open_unanswered_calls(at=EVENING)

    assert (early, to_call()) == ([], [visit.pk])


def test_who_was_not_reminded_is_not_called(clinic):
    book(clinic)

    visit_answers.open_unanswered_calls(at=EVENING)

    assert to_call() == []


def answer(visit):
    visit_answers.answer(visit, PatientAnswer.COMING, sequence=0, at=EVENING)


def arrive(visit):
    attendance.check_in(visit, at=THURSDAY_TEN - timedelta(minutes=5), by=factories.user())


@pytest.mark.parametrize("act", [answer, move, cancel, arrive])
def test_the_call_settles_itself(clinic, act):
    visit = reminded(clinic)
    visit_answers.open_unanswered_calls(at=EVENING)
    visit.refresh_from_db()

    act(visit)

    visit_answers.open_unanswered_calls(at=EVENING + timedelta(minutes=1))
    assert to_call() == []


def test_nobody_is_called_about_a_visit_that_has_begun(clinic):
    reminded(clinic)
    visit_answers.open_unanswered_calls(at=EVENING)

    visit_answers.open_unanswered_calls(at=THURSDAY_TEN)

    assert to_call() == []


def test_who_wants_to_move_and_has_not_is_called(clinic):
    visit = reminded(clinic)
    visit_answers.answer(visit, PatientAnswer.MUST_MOVE, sequence=0, at=EVENING - timedelta(hours=3))
    at_once = to_call()

    visit_answers.open_unanswered_calls(at=EVENING)

    assert (at_once, to_call()) == ([], [visit.pk])


def test_the_desk_sees_who_comes(client, clinic, time_machine):
    time_machine.move_to(at("2026-03-05 08:00"))
    visit = reminded(clinic)
    client.force_login(factories.user("desk"))
    pages = [reverse("desk"), visit.get_absolute_url()]
    badge = "coming</span>"
    before = [badge in client.get(page).content.decode() for page in pages]

    visit_answers.answer(visit, PatientAnswer.COMING, sequence=0, at=EVENING)

    assert before == [False, False]
    assert [badge in client.get(page).content.decode() for page in pages] == [True, True]
