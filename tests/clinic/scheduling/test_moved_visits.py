"""Moving a visit."""

from datetime import timedelta

import pytest

from clinic.errors import ChangedMeanwhile, MoveNotAllowed, TimeNotOpen, TimeTaken, TooLateToMove
from clinic.models import Appointment, Message
from clinic.scheduling import booking, cancellations, moved_visits
from clinic.scheduling.wishes import Wish
from clinic.signals import appointment_moved
from tests import factories
from tests.clinic.scheduling.visits import ELEVEN, HALF_PAST_NINE, NINE, SATURDAY, TEN, where
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def messages(visit):
    """The messages about the visit: (purpose, status) of each."""
    return set(Message.objects.filter(appointment=visit).values_list("purpose", "status"))


def test_reschedule_moves_the_same_row_and_frees_the_old_time(visit, book, doctor):
    moved = factories.move(visit, TEN)

    assert (moved.pk, Appointment.objects.count()) == (visit.pk, 1)
    assert where(visit) == (TEN, doctor, "booked", 1)
    assert moved.ends_at == TEN + timedelta(minutes=30)
    assert book(NINE).status == "booked"


def test_reschedule_to_somebody_else_takes_a_room_of_the_new_time(visit, book):
    other = factories.practitioner(hours=("09:00", "12:00"))
    busy_then = book(TEN)
    free = factories.room()

    moved = factories.move(visit, TEN, practitioner=other)

    assert where(visit) == (TEN, other, "booked", 1)
    assert (busy_then.room != free, moved.room) == (True, free)


def test_reschedule_says_from_when_to_when_and_who_moved_it(visit, doctor):
    desk = factories.user("desk")

    factories.move(visit, TEN, by=desk, by_desk=True, note="She called.")

    change = visit.status_changes.last()
    assert (change.from_status, change.to_status, change.by, change.at) == ("booked", "booked", desk, NOW)
    assert change.note == (
        f"Moved from Mon 2 Mar 2026, 09:00, {doctor} to Mon 2 Mar 2026, 10:00, {doctor}. She called."
    )


def test_reschedule_withdraws_what_told_the_old_time_and_tells_the_new_one(visit):
    factories.move(visit, TEN)

    assert messages(visit) == {("visit-booked", "withdrawn"), ("visit-moved", "waiting")}
    text = Message.objects.get(purpose="visit-moved").body
    assert "New time: Monday 2 March 2026, 10:00" in text
    assert "Old time: Monday 2 March 2026, 09:00" in text


def test_reschedule_tells_higher_packages_before_it_is_final(visit, doctor):
    heard = []

    def refuse(sender, **news):
        heard.append((news["appointment"].starts_at, news["was_at"], news["at"]))
        raise MoveNotAllowed

    appointment_moved.connect(refuse)
    try:
        with pytest.raises(MoveNotAllowed):
            factories.move(visit, TEN, practitioner=doctor)
    finally:
        appointment_moved.disconnect(refuse)

    visit.refresh_from_db()
    assert heard == [(TEN, NINE, NOW)]
    assert (visit.starts_at, visit.calendar_sequence) == (NINE, 0)


def test_reschedule_by_sms_says_the_new_time(book):
    visit = book(patient=factories.patient(email="", phone="+37061234567"))

    factories.move(visit, TEN)

    assert "new time: Mon 2 Mar, 10:00" in Message.objects.get(purpose="visit-moved").body


def test_reschedule_is_not_hindered_by_its_own_old_time(book):
    visit = book(visit_type=factories.visit_type(base_minutes=60))

    assert factories.move(visit, HALF_PAST_NINE).starts_at == HALF_PAST_NINE


def test_reschedule_to_where_it_is_changes_nothing(visit):
    factories.move(visit, TEN)

    again = factories.move(Appointment.objects.get(pk=visit.pk), TEN, seen_sequence=0)

    assert again.calendar_sequence == 1
    assert Message.objects.filter(purpose="visit-moved").count() == 1


def test_request_that_made_the_visit_still_gets_it_back_after_it_moved(book):
    patient = factories.patient()
    visit = book(patient=patient, request_token="token-0001")
    factories.move(visit, TEN)

    assert book(patient=patient, request_token="token-0001") == visit
    assert Appointment.objects.count() == 1


def test_reschedule_to_a_taken_time_is_refused_with_three_others_and_moves_nothing(visit, book, doctor):
    book(TEN)

    with pytest.raises(TimeTaken) as refusal:
        factories.move(visit, TEN)

    assert refusal.type is TimeTaken
    assert len(refusal.value.alternatives) == 3
    assert where(visit) == (NINE, doctor, "booked", 0)
    assert messages(visit) == {("visit-booked", "waiting")}


@pytest.mark.parametrize("starts_at", [NINE + timedelta(minutes=5), SATURDAY, NOW - timedelta(hours=22)], ids=str)
def test_reschedule_to_a_time_that_is_not_open_is_refused(visit, doctor, starts_at):
    with pytest.raises(TimeNotOpen):
        factories.move(visit, starts_at, by_desk=True)

    assert where(visit) == (NINE, doctor, "booked", 0)


def test_reschedule_is_refused_when_the_patient_has_another_visit_then(visit, book):
    factories.room()
    book(TEN, patient=visit.patient, practitioner=factories.practitioner())

    with pytest.raises(TimeTaken, match="already has a visit then"):
        factories.move(visit, TEN)


def test_reschedule_takes_the_time_of_a_hold_that_ran_out(visit, doctor, visit_type):
    wish = Wish(visit_type, doctor, TEN, request_token="token-0001")
    held = booking.hold(wish, held_by="browser", at=NOW)

    with pytest.raises(TimeTaken):
        factories.move(visit, TEN, at=NOW + timedelta(minutes=9))
    factories.move(visit, TEN, at=NOW + timedelta(minutes=10))

    held.refresh_from_db()
    assert held.status == "expired"


@pytest.mark.parametrize("status", ["arrived", "fulfilled", "noshow", "cancelled"])
def test_reschedule_is_refused_unless_the_visit_is_booked(visit, status):
    Appointment.objects.update(status=status)

    with pytest.raises(MoveNotAllowed):
        factories.move(visit, TEN, by_desk=True)


def test_reschedule_keeps_the_referral_served_and_asks_nobody_again(visit_type):
    plan = factories.care_plan(signed_at=NOW - timedelta(days=1), starts_at=NOW - timedelta(days=1))
    factories.room()
    visit = factories.book(
        NINE, visit_type=factories.physiotherapy(), practitioner=factories.physiotherapist(), patient=plan.patient
    )

    factories.move(visit, TEN)

    plan.referral.refresh_from_db()
    assert plan.referral.appointment == visit
    assert set(Message.objects.filter(purpose="book-physiotherapy").values_list("status", flat=True)) == {"withdrawn"}


# By the patient


@pytest.mark.parametrize(("minutes_before", "may"), [(60, True), (59, False)])
def test_reschedule_by_the_patient_ends_with_the_notice(book, visit_type, minutes_before, may):
    visit = book(ELEVEN)
    now = ELEVEN - timedelta(minutes=minutes_before)

    assert moved_visits.may_be_moved_by_patient(visit, at=now) == may
    if may:
        assert factories.move(visit, ELEVEN + timedelta(minutes=30), at=now).calendar_sequence == 1
    else:
        with pytest.raises(TooLateToMove, match="call us"):
            factories.move(visit, ELEVEN + timedelta(minutes=30), at=now)


def test_reschedule_by_the_desk_knows_no_notice(book):
    visit = book(ELEVEN)

    moved = factories.move(visit, ELEVEN + timedelta(minutes=30), at=ELEVEN - timedelta(minutes=1), by_desk=True)

    assert moved.starts_at == ELEVEN + timedelta(minutes=30)


def test_reschedule_by_the_patient_is_refused_for_visits_that_the_desk_plans(book):
    visit = book(visit_type=factories.visit_type(bookable_by="desk"), by_desk=True)

    with pytest.raises(TooLateToMove):
        factories.move(visit, TEN)


# Seen in an old window


def test_reschedule_of_a_visit_that_has_changed_says_to_what(visit, doctor):
    factories.move(Appointment.objects.get(pk=visit.pk), TEN)

    with pytest.raises(ChangedMeanwhile, match=f"now on Mon 2 Mar 2026, 10:00, {doctor}"):
        factories.move(visit, ELEVEN, seen_sequence=0)

    assert where(visit) == (TEN, doctor, "booked", 1)


def test_reschedule_of_a_visit_that_another_person_has_by_now_is_refused(visit):
    other = factories.practitioner(hours=("09:00", "12:00"))
    stale = Appointment.objects.get(pk=visit.pk)
    factories.move(visit, TEN, practitioner=other)

    with pytest.raises(ChangedMeanwhile):
        factories.move(stale, ELEVEN)


def test_cancel_of_a_visit_that_has_moved_is_refused(visit):
    factories.move(Appointment.objects.get(pk=visit.pk), TEN)

    with pytest.raises(ChangedMeanwhile, match="10:00"):
        cancellations.cancel(visit, at=NOW, seen_sequence=0)
    cancellations.cancel(visit, at=NOW, seen_sequence=1)

    assert where(visit)[2:] == ("cancelled", 2)


def test_reschedule_of_a_visit_that_is_cancelled_by_now_says_so(visit):
    cancellations.cancel(Appointment.objects.get(pk=visit.pk), at=NOW)

    with pytest.raises(ChangedMeanwhile, match="has been cancelled"):
        factories.move(visit, TEN, seen_sequence=0)
