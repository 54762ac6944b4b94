"""The physiotherapy loop when the patient does not book here: somewhere else, or not at all, and back again."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from aftercare.care_plans import missing_messages
from aftercare.models import PhysiotherapyAssessment, ServiceRequest
from aftercare.physiotherapy import answers, assessments
from clinic.errors import MoveNotAllowed
from clinic.models import AppointmentStatus
from clinic.scheduling import attendance, cancellations
from procedures.records import voiding
from procedures.records.voiding import Said
from tests import factories
from tests.aftercare.physiotherapy.answered_referrals import assess, declined, elsewhere
from tests.aftercare.physiotherapy.reminded_referrals import (
    ALL_WAITING,
    NO_REMINDERS,
    book_soon,
    late_item,
    statuses,
)
from tests.factories import at, civil

pytestmark = pytest.mark.django_db
NOW = "2026-03-04 12:00"


@pytest.mark.parametrize(("answer", "kind"), [(elsewhere, "elsewhere"), (declined, "declined")])
def test_answer_takes_back_reminders_and_the_desks_work_and_nothing_else(procedure, referral, answer, kind):
    answer(referral)

    assert (referral.answer, referral.status, civil(referral.answered_at)) == (kind, "active", NOW)
    assert statuses(procedure) == ALL_WAITING | NO_REMINDERS
    item = late_item(procedure)
    assert (item.status, item.note) == ("cancelled", referral.get_answer_display())
    report = missing_messages.compare(at=at(NOW))
    assert (report.missing, report.extra) == ([], [])


def test_answer_says_day_place_and_by_whom_and_may_be_said_again(referral):
    elsewhere(referral, "2026-03-06", where="Near work")
    by = elsewhere(referral, "2026-03-20", where="Near home")

    answer = (referral.elsewhere_on, referral.answer_note, referral.answered_by)
    assert answer == (date(2026, 3, 20), "Near home", by)


@pytest.mark.parametrize("day", ["2026-03-01", "2026-06-03"])
def test_day_before_the_injection_or_far_away_is_refused(referral, day):
    with pytest.raises(answers.DayOutOfRange) as refusal:
        elsewhere(referral, day)

    assert refusal.value.field == "elsewhere_on"


@pytest.mark.parametrize("day", ["2026-03-02", "2026-06-02"])
def test_first_and_last_day_are_accepted(referral, day):
    elsewhere(referral, day)

    assert referral.elsewhere_on == date.fromisoformat(day)


def test_taking_it_back_brings_back_what_lies_ahead(procedure, referral):
    declined(referral)

    for _again in range(2):
        answers.withdraw_answer(referral, by=factories.user(), at=at("2026-03-05 12:00"))

    referral.refresh_from_db()
    assert (referral.answer, referral.answer_note, referral.answered_at, referral.answered_by) == ("", "", None, None)
    assert statuses(procedure) == ALL_WAITING | NO_REMINDERS | {("book-physiotherapy", "+5d"): "waiting"}
    item = late_item(procedure)
    assert (item.status, civil(item.due_at)) == ("requested", "2026-03-09 08:00")


def test_taking_it_back_after_the_last_day_gives_the_desk_its_work_at_once(procedure, referral):
    elsewhere(referral)

    answers.withdraw_answer(referral, by=factories.user(), at=at("2026-03-11 10:00"))

    assert (late_item(procedure).status, civil(late_item(procedure).due_at)) == ("requested", "2026-03-11 10:00")


def test_booking_here_wins_over_the_answer_and_cancelling_asks_again(procedure, referral, patient):
    elsewhere(referral)

    visit = book_soon(patient)
    referral.refresh_from_db()
    assert (referral.appointment, referral.answer, referral.elsewhere_on) == (visit, "", None)
    answers.withdraw_answer(referral, by=factories.user(), at=at(NOW))
    assert statuses(procedure) == ALL_WAITING | NO_REMINDERS

    cancellations.cancel(visit, at=at("2026-03-05 10:00"))
    referral.refresh_from_db()
    assert (referral.appointment, referral.answer) == (None, "")
    assert statuses(procedure)["book-physiotherapy", "+5d"] == "waiting"


def test_booking_serves_who_has_not_answered_first_and_no_answer_of_long_ago(referral, patient):
    other = factories.signed(signed_at=at("2026-03-04 10:30"), patient=patient, starts_at=at("2026-03-04 10:00"))
    declined(referral)

    first = book_soon(patient)
    later = book_soon(patient, "2026-03-24 15:00", now="2026-03-24 12:00")

    assert ServiceRequest.objects.get(appointment=first).care_plan.procedure == other
    assert not ServiceRequest.objects.filter(appointment=later).exists()


def test_answer_is_refused_once_it_is_booked_here_done_or_not_needed(referral, patient, procedure):
    visit = book_soon(patient)
    with pytest.raises(MoveNotAllowed):
        declined(referral)

    cancellations.cancel(visit, at=at(NOW))
    asked = voiding.ask(procedure, Said("Wrong patient", "nobody"), by=factories.user(), at=at(NOW))
    voiding.agree(asked, by=factories.user(), at=at(NOW))

    with pytest.raises(MoveNotAllowed):
        elsewhere(referral)
    referral.refresh_from_db()
    assert (referral.status, referral.answer) == ("revoked", "")


def test_answered_after_the_last_day_ends_the_desks_work_in_the_name_of_who_asked(procedure, referral):
    desk = factories.user("desk")

    answers.decline(referral, why="", by=desk, at=at("2026-03-10 09:00"))

    item = late_item(procedure)
    assert (item.status, item.ended_by, item.note) == ("cancelled", desk, "does not want physiotherapy")


def test_database_refuses_an_answer_beside_a_booking(referral, patient):
    book_soon(patient)

    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceRequest.objects.update(answer="declined")


# Booked, moved, missed, seen


def test_moving_the_visit_keeps_the_referral_served(procedure, referral, patient):
    visit = book_soon(patient)

    factories.move(visit, at("2026-03-06 15:00"), at=at(NOW))

    referral.refresh_from_db()
    assert (referral.appointment, statuses(procedure)) == (visit, ALL_WAITING | NO_REMINDERS)


def test_visit_not_attended_opens_the_referral_again_and_coming_after_all_closes_it(procedure, referral, patient):
    visit = book_soon(patient, "2026-03-05 09:00")
    desk = factories.user("desk")

    attendance.did_not_attend(visit, at=at("2026-03-05 09:40"), by=desk)
    referral.refresh_from_db()
    assert (referral.appointment, late_item(procedure).status) == (None, "requested")
    assert statuses(procedure)["book-physiotherapy", "+5d"] == "waiting"

    attendance.check_in(visit, at=at("2026-03-05 09:50"), by=desk)
    referral.refresh_from_db()
    assert (referral.appointment, late_item(procedure).status) == (visit, "cancelled")
    assert statuses(procedure)["book-physiotherapy", "+5d"] == "withdrawn"


@pytest.mark.parametrize("status", [AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED])
def test_attended_and_assessed_completes_the_referral(referral, patient, status):
    visit = book_soon(patient)
    visit.status = status
    visit.save()

    written = assess(referral)

    referral.refresh_from_db()
    assert (referral.status, written.appointment, written.pain_now) == ("completed", visit, 4)


def test_assessed_without_a_booking_stops_what_asks_for_one_and_cancelling_later_does_not_ask_again(
    procedure, referral, patient
):
    assess(referral)
    assert (statuses(procedure), late_item(procedure).status) == (ALL_WAITING | NO_REMINDERS, "cancelled")

    cancellations.cancel(book_soon(patient), at=at("2026-03-05 10:00"))

    assert statuses(procedure) == ALL_WAITING | NO_REMINDERS


def test_cancelling_a_visit_after_the_assessment_asks_nobody(procedure, referral, patient):
    visit = book_soon(patient)
    assess(referral)

    cancellations.cancel(visit, at=at("2026-03-05 10:00"))

    referral.refresh_from_db()
    assert (referral.status, late_item(procedure).status) == ("completed", "cancelled")
    assert statuses(procedure) == ALL_WAITING | NO_REMINDERS


def test_same_page_sent_twice_makes_one_assessment_and_an_older_page_is_refused(referral):
    first = assess(referral)

    assert assess(referral) == first
    with pytest.raises(assessments.AssessedMeanwhile):
        assess(referral, token="assess-token-2")
    second = assess(referral, token="assess-token-2", seen=first.pk)

    assert list(PhysiotherapyAssessment.objects.order_by("pk")) == [first, second]


def test_void_record_is_not_assessed(referral, procedure):
    asked = voiding.ask(procedure, Said("Wrong patient", "nobody"), by=factories.user(), at=at(NOW))
    voiding.agree(asked, by=factories.user(), at=at(NOW))

    with pytest.raises(MoveNotAllowed):
        assess(referral)

    assert PhysiotherapyAssessment.objects.count() == 0
