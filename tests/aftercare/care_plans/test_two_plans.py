"""A patient with two injections, or two entries: each visit and each lifting window belongs to the right plan."""

from datetime import date, timedelta

import pytest

from aftercare.care_plans import missing_messages
from aftercare.models import AftercareProtocol, CarePlan
from aftercare.physiotherapy import booking as physiotherapy_booking
from aftercare.symptoms import pain_diary
from clinic.people import merging
from clinic.scheduling import attendance
from clinic.scheduling.wishes import Wish
from tests import factories
from tests.aftercare.physiotherapy.test_answers import elsewhere
from tests.aftercare.physiotherapy.test_reminders import ALL_WAITING, NO_REMINDERS, book_soon, late_item, statuses
from tests.aftercare.symptoms import asked_plans
from tests.factories import at

pytestmark = [pytest.mark.django_db, pytest.mark.repeated_queries_allowed]
LIFTING = ("lifting-allowed", "window-over")


@pytest.fixture(autouse=True)
def clinic():
    factories.protocol()
    factories.room(), factories.room()


@pytest.fixture
def monday(patient):
    return sign(patient, "2026-03-02 10:30")


def sign(patient, when):
    return factories.signed(signed_at=at(when), patient=patient, starts_at=at(when) - timedelta(minutes=30))


def referral_of(procedure):
    return CarePlan.objects.get(procedure=procedure).referral


def nothing_is_missing_or_too_many():
    report = missing_messages.compare(at=at("2026-03-06 12:00"))
    return (report.missing, report.extra) == ([], [])


def test_time_tapped_on_the_later_plans_page_serves_that_plan_and_no_other(patient, monday):
    wednesday = sign(patient, "2026-03-04 10:30")
    kind = factories.physiotherapy(bookable_by="patients")
    wish = Wish(kind, factories.physiotherapist(), at("2026-03-06 14:00"), request_token="token-0001")
    for _tap in range(2):
        visit = physiotherapy_booking.book(referral_of(wednesday), wish, by=factories.user(), at=at("2026-03-05 12:00"))

    assert (referral_of(wednesday).appointment, referral_of(monday).appointment) == (visit, None)
    assert {letter: status for letter, status in statuses(wednesday).items() if letter in NO_REMINDERS} == NO_REMINDERS
    assert statuses(monday)["book-physiotherapy", "+5d"] == "waiting"
    assert (late_item(monday).status, late_item(wednesday).status) == ("requested", "cancelled")
    assert nothing_is_missing_or_too_many()


def test_referral_that_nobody_booked_a_year_ago_takes_no_visit_from_the_new_one(patient):
    sign(patient, "2025-03-03 10:30")
    procedure = sign(patient, "2026-03-02 10:30")

    visit = book_soon(patient)

    assert referral_of(procedure).appointment == visit
    assert statuses(procedure) == ALL_WAITING | NO_REMINDERS


def test_visit_booked_before_a_new_injection_counts_for_the_new_plan_not_for_one_long_over(patient):
    """Until then it is linked to the old referral; afterwards that one is work for the desk again."""
    old = sign(patient, "2025-03-03 10:30")
    visit = book_soon(patient, now="2026-02-27 09:00")
    assert (referral_of(old).appointment, late_item(old).status) == (visit, "cancelled")

    new = sign(patient, "2026-03-02 10:30")

    assert (referral_of(new).appointment, referral_of(old).appointment) == (visit, None)
    assert statuses(new) == ALL_WAITING | NO_REMINDERS
    assert (late_item(new).status, late_item(old).status) == ("cancelled", "requested")


def test_visit_that_still_is_for_the_plan_before_stays_with_it(patient, monday):
    visit = book_soon(patient, now="2026-03-02 12:00")

    wednesday = sign(patient, "2026-03-04 10:30")

    assert (referral_of(monday).appointment, referral_of(wednesday).appointment) == (visit, None)


def test_visit_before_an_injection_does_not_serve_it(patient):
    visit = book_soon(patient, "2026-03-02 09:00", now="2026-02-27 09:00")
    attendance.did_not_attend(visit, at=at("2026-03-02 09:31"), by=factories.user())
    procedure = sign(patient, "2026-03-02 10:30")

    attendance.check_in(visit, at=at("2026-03-02 11:00"), by=factories.user())

    assert referral_of(procedure).appointment is None
    assert statuses(procedure) == ALL_WAITING


def test_booking_for_one_of_two_answered_referrals_leaves_the_answer_of_the_other(patient, monday):
    wednesday = sign(patient, "2026-03-04 10:30")
    for procedure in (monday, wednesday):
        elsewhere(referral_of(procedure), "2026-03-06", now="2026-03-04 12:00")
    kind = factories.physiotherapy(bookable_by="patients")
    wish = Wish(kind, factories.physiotherapist(), at("2026-03-06 14:00"), request_token="token-0001")

    visit = physiotherapy_booking.book(referral_of(wednesday), wish, by=factories.user(), at=at("2026-03-05 12:00"))

    assert (referral_of(wednesday).appointment, referral_of(wednesday).answer) == (visit, "")
    assert (referral_of(monday).answer, referral_of(monday).elsewhere_on) == ("elsewhere", date(2026, 3, 6))
    assert {letter: status for letter, status in statuses(monday).items() if letter in NO_REMINDERS} == NO_REMINDERS
    assert late_item(monday).status == "cancelled"


@pytest.mark.parametrize("is_into", [True, False])
def test_visit_of_a_duplicate_serves_the_referral_once_they_are_merged(patient, monday, is_into):
    other = factories.patient()
    visit = book_soon(other, now="2026-03-03 09:00")

    pair = (other, patient) if is_into else (patient, other)
    merging.merge(*pair, by=factories.user(), at=at("2026-03-03 09:30"), reason="The same person")

    assert referral_of(monday).appointment == visit
    assert statuses(monday) == ALL_WAITING | NO_REMINDERS


def test_visit_that_a_voided_record_gives_back_serves_the_other_plan(patient, monday):
    wednesday = sign(patient, "2026-03-04 10:30")
    visit = book_soon(patient, now="2026-03-05 12:00")

    asked_plans.void(monday.care_plan, when=at("2026-03-05 13:00"))

    assert referral_of(wednesday).appointment == visit
    assert late_item(wednesday).status == "cancelled"


def test_late_visit_that_is_moved_into_time_serves_the_referral(patient):
    visit = book_soon(patient, "2026-03-20 10:00", now="2026-02-27 09:00")
    procedure = sign(patient, "2026-03-02 10:30")
    assert referral_of(procedure).appointment is None

    factories.move(visit, at("2026-03-06 10:00"), at=at("2026-03-02 12:00"), by_desk=True)

    assert referral_of(procedure).appointment == visit
    assert statuses(procedure) == ALL_WAITING | NO_REMINDERS


def test_you_may_lift_again_is_said_only_when_the_last_window_is_over(patient, monday):
    tuesday = sign(patient, "2026-03-03 10:30")
    assert (statuses(monday)[LIFTING], statuses(tuesday)[LIFTING]) == ("withdrawn", "waiting")
    plan = CarePlan.objects.get(procedure=monday)
    assert not plan.may_lift(at=at("2026-03-04 12:00"))
    assert (plan.lifting_hours_left(at=at("2026-03-04 12:30")), plan.may_lift(at=at("2026-03-05 10:30"))) == (22, True)
    assert nothing_is_missing_or_too_many()

    asked_plans.void(tuesday.care_plan, when=at("2026-03-03 12:00"))

    assert statuses(monday)[LIFTING] == "waiting"
    assert CarePlan.objects.get(procedure=monday).may_lift(at=at("2026-03-04 12:00"))


def test_shorter_window_of_a_newer_plan_does_not_end_the_longer_one(patient, monday):
    AftercareProtocol.objects.update(is_current=False)
    factories.protocol(lifting_hours=24)
    tuesday = sign(patient, "2026-03-02 15:30")

    assert (statuses(monday)[LIFTING], statuses(tuesday)[LIFTING]) == ("waiting", "withdrawn")
    newer = CarePlan.objects.get(procedure=tuesday)
    assert newer.nothing_heavy_until == at("2026-03-04 10:30")


def test_merged_entries_hear_once_that_lifting_is_allowed(patient, monday):
    other = factories.patient()
    later = sign(other, "2026-03-03 10:30")

    merging.merge(other, patient, by=factories.user(), at=at("2026-03-03 11:00"), reason="The same person")

    assert (statuses(monday)[LIFTING], statuses(later)[LIFTING]) == ("withdrawn", "waiting")


def test_plan_that_runs_is_shown_before_a_newer_one_that_was_voided(patient, monday):
    wednesday = sign(patient, "2026-03-04 10:30")
    asked_plans.void(wednesday.care_plan, when=at("2026-03-05 13:00"))

    assert CarePlan.objects.newest_of_each_patient(on=date(2026, 3, 5)).get().procedure == monday
    assert CarePlan.objects.newest_of_each_patient(on=date(2026, 6, 5)).get().procedure == wednesday


def test_protocol_may_ask_about_pain_after_the_diary_has_closed(patient):
    AftercareProtocol.objects.get().check_times.create(asks="how-are-you", days_after=90)
    plan = sign(patient, "2026-03-02 10:30").care_plan
    check = plan.checks.get()

    assert pain_diary.answer_check(check, score=3, at=check.due_at).score == 3
