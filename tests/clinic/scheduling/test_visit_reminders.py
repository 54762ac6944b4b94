"""Reminders before a visit: planned with it, withdrawn with it, at a reasonable hour."""

from datetime import date, timedelta

import pytest

from clinic.messaging import delivery, preferences
from clinic.models import (
    Message,
    MessageStatus,
    PreferenceSource,
    VisitReminder,
    WorkItem,
)
from clinic.scheduling import attendance, cancellations, visit_answers, visit_reminders
from tests import factories
from tests.clinic.scheduling.reminded_visits import THURSDAY_TEN, book
from tests.factories import NOW, at, civil

pytestmark = pytest.mark.django_db
ABOUT = ("purpose", "cause", "occasion", "sequence")


def waiting(visit):
    """Civil times of the reminders that are still to come."""
    rows = visit_reminders.messages_of(visit).filter(status=MessageStatus.WAITING)
    return [civil(due_at) for due_at in rows.order_by("due_at").values_list("due_at", flat=True)]


# When


def test_booking_plans_two_days_and_two_hours_before(clinic):
    visit = book(clinic)

    assert waiting(visit) == ["2026-03-03 10:00", "2026-03-05 08:00"]
    assert set(visit_reminders.messages_of(visit).values_list("not_after", flat=True)) == {visit.starts_at}
    assert set(visit_reminders.messages_of(visit).values_list(*ABOUT, "channel")) == {
        ("visit-reminder", visit.pk, "48h", 0, "email"),
        ("visit-reminder", visit.pk, "2h", 0, "email"),
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

    visit = book(clinic, at(f"{day} 10:00"), at=at(f"{two_days_before} 08:00") - timedelta(days=9))

    assert waiting(visit) == [f"{two_days_before} 10:00", f"{day} 08:00"]


def test_a_kind_of_visit_with_rows_of_its_own_uses_only_those(clinic):
    clinic["visit_type"].reminders.create(hours_before=24)

    assert waiting(book(clinic)) == ["2026-03-04 10:00"]


def test_reminders_that_fall_together_are_one(clinic):
    VisitReminder.objects.create(hours_before=3)

    assert waiting(book(clinic, at("2026-03-05 08:30"))) == ["2026-03-03 08:30", "2026-03-04 19:00"]


# After a change


def test_moving_replaces_them(clinic):
    visit = book(clinic)

    factories.move(visit, at("2026-03-06 12:00"), practitioner=clinic["practitioner"], by_desk=True)

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
