"""The waitlist: a time that becomes free is offered to the first person it suits, then to the next."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from clinic.errors import ConsultationFirst, NotWaiting, TimeTaken
from clinic.models import Appointment, Message, VisitType, WaitlistOffer
from clinic.scheduling import availability, booking, cancellations, waitlist
from clinic.scheduling.wishes import Search
from tests import factories
from tests.clinic.scheduling.waitlist_entries import EIGHT, ELEVEN, UNDO, status
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db
TUESDAY = MONDAY + timedelta(days=1)


def offered():
    """Which start is held for whom now."""
    open_ones = WaitlistOffer.objects.filter(is_open=True).select_related("appointment")
    return [(offer.entry_id, offer.appointment.starts_at) for offer in open_ones]


# Offering


def test_cancelled_time_is_held_half_an_hour_for_the_first_on_the_list(freed, join):
    first, second = join(), join(at=EIGHT + timedelta(minutes=1))

    cancellations.cancel(freed, at=EIGHT - UNDO)

    held = WaitlistOffer.objects.get().appointment
    assert offered() == [(first.pk, ELEVEN)]
    assert (status(first), status(second)) == ("offered", "waiting")
    assert (held.status, held.held_until, held.patient) == ("pending", EIGHT + timedelta(minutes=30), None)


def test_offer_tells_the_patient_where_to_take_it(freed, join):
    entry = join()

    cancellations.cancel(freed, at=EIGHT - UNDO)

    message = Message.objects.get(patient=entry.patient)
    assert (message.due_at, message.not_after) == (EIGHT, EIGHT + timedelta(minutes=30))
    assert "We keep it for you until 08:30." in message.body
    assert reverse("my-waitlist") in message.body


def test_moved_visit_frees_its_old_time_for_the_list(freed, join, doctor):
    entry = join()

    factories.move(freed, ELEVEN - timedelta(hours=1), practitioner=doctor, at=EIGHT)

    assert offered() == [(entry.pk, ELEVEN)]


@pytest.mark.parametrize(
    "suitable",
    [
        {"earliest_on": TUESDAY, "latest_on": TUESDAY},
        {"weekdays": [1, 2]},
        {"not_before": time(11, 30)},
        {"not_after": time(11, 15)},
    ],
)
def test_time_that_does_not_suit_is_not_offered(freed, join, suitable):
    entry = join(**suitable)

    cancellations.cancel(freed, at=EIGHT - UNDO)

    assert (offered(), status(entry)) == ([], "waiting")


@pytest.mark.parametrize(
    "suitable",
    [{"weekdays": [0]}, {"not_before": time(11), "not_after": time(11, 30)}, {"latest_on": date(2026, 4, 1)}],
)
def test_time_that_just_suits_is_offered(freed, join, suitable):
    entry = join(**suitable)

    cancellations.cancel(freed, at=EIGHT - UNDO)

    assert offered() == [(entry.pk, ELEVEN)]


def test_time_of_a_person_who_was_not_asked_for_is_not_offered(freed, join, doctor):
    other, own = factories.practitioner(), join(practitioners=[doctor])
    join(practitioners=[other], at=EIGHT - timedelta(hours=1))

    cancellations.cancel(freed, at=EIGHT - UNDO)

    assert offered() == [(own.pk, ELEVEN)]


def test_time_is_not_offered_to_the_one_who_gave_it_back_nor_to_one_who_has_a_visit_then(freed, join):
    factories.room()
    busy = factories.patient()
    factories.book(ELEVEN, visit_type=freed.visit_type, patient=busy, at=EIGHT)
    join(freed.patient), join(busy)

    cancellations.cancel(freed, at=EIGHT - UNDO)

    assert offered() == []


def test_offer_in_the_night_lasts_into_the_morning(freed, join):
    entry = join()

    cancellations.cancel(freed, at=EIGHT - timedelta(hours=3))

    assert WaitlistOffer.objects.get().appointment.held_until == EIGHT + timedelta(minutes=30)
    assert status(entry) == "offered"


def test_time_that_is_too_near_to_be_answered_is_not_offered(freed, join):
    join()

    cancellations.cancel(freed, at=ELEVEN - timedelta(minutes=30))

    assert offered() == []


def test_two_short_visits_fit_into_one_long_that_came_free(doctor, join):
    hour = factories.visit_type(base_minutes=60)
    visit = factories.book(ELEVEN, visit_type=hour, practitioner=doctor, at=EIGHT)
    entries = [join(), join(at=EIGHT + timedelta(minutes=1)), join(at=EIGHT + timedelta(minutes=2))]

    cancellations.cancel(visit, at=EIGHT - UNDO)

    assert offered() == [(entries[0].pk, ELEVEN), (entries[1].pk, ELEVEN + timedelta(minutes=30))]


def test_offered_time_is_nobody_elses(freed, join, visit_type, doctor):
    join()
    cancellations.cancel(freed, at=EIGHT - UNDO)

    shown = availability.open_times(Search(visit_type, EIGHT), first_day=MONDAY, days=1)

    assert ELEVEN not in [open_time.starts_at for open_time in shown]
    with pytest.raises(TimeTaken):
        factories.book(ELEVEN, visit_type=visit_type, practitioner=doctor, at=EIGHT)


# Taking, expiring, leaving


def test_taken_offer_is_a_visit_and_ends_the_waiting(freed, join):
    entry = join()
    cancellations.cancel(freed, at=EIGHT - UNDO)

    booked = booking.confirm(waitlist.hold_for(entry, at=EIGHT), patient=entry.patient, at=EIGHT)

    assert (booked.status, booked.patient, booked.starts_at) == ("booked", entry.patient, ELEVEN)
    assert (status(entry), offered()) == ("booked", [])


def test_expired_offer_goes_to_the_next_and_never_back(freed, join):
    first, second = join(), join(at=EIGHT + timedelta(minutes=1))
    cancellations.cancel(freed, at=EIGHT - UNDO)

    waitlist.advance_offers(at=EIGHT + timedelta(minutes=29))
    before = offered()
    waitlist.advance_offers(at=EIGHT + timedelta(minutes=30))
    after = offered()
    waitlist.advance_offers(at=EIGHT + timedelta(minutes=60))

    assert (before, after, offered()) == ([(first.pk, ELEVEN)], [(second.pk, ELEVEN)], [])
    assert (status(first), status(second)) == ("waiting", "waiting")
    assert sorted(Appointment.objects.values_list("status", flat=True)) == ["cancelled", "expired", "expired"]
    with pytest.raises(NotWaiting):
        waitlist.hold_for(first, at=EIGHT + timedelta(minutes=60))


def test_expired_offer_whose_time_somebody_else_took_is_only_ended(freed, join, doctor, visit_type):
    entry = join()
    cancellations.cancel(freed, at=EIGHT - UNDO)
    later = EIGHT + timedelta(minutes=30)
    factories.book(ELEVEN, visit_type=visit_type, practitioner=doctor, at=later)

    waitlist.advance_offers(at=later)

    assert (status(entry), offered()) == ("waiting", [])


@pytest.mark.parametrize("day", [0, 1])
def test_who_books_another_time_meanwhile_waits_no_more_and_the_held_time_goes_on(freed, join, visit_type, doctor, day):
    entry, second = join(latest_on=TUESDAY), join(at=EIGHT + timedelta(minutes=1))
    cancellations.cancel(freed, at=EIGHT - UNDO)
    assert status(entry) == "offered"

    starts_at, same = EIGHT + timedelta(days=day, hours=1), {"visit_type": visit_type, "practitioner": doctor}
    factories.book(starts_at, **same, patient=entry.patient, at=EIGHT, by_desk=True)
    with pytest.raises(NotWaiting):
        waitlist.hold_for(entry, at=EIGHT)
    waitlist.advance_offers(at=EIGHT + timedelta(seconds=30))

    assert (status(entry), status(second)) == ("booked", "offered")
    assert offered() == [(second.pk, ELEVEN)]


@pytest.mark.parametrize("change", [{"is_active": False}, {"bookable_by": "desk"}])
def test_what_patients_can_no_longer_book_is_not_offered(freed, join, visit_type, change):
    entry = join()
    VisitType.objects.filter(pk=visit_type.pk).update(**change)

    cancellations.cancel(freed, at=EIGHT - UNDO)

    assert (offered(), status(entry)) == ([], "waiting")


def test_leaving_hands_the_held_time_on(freed, join):
    first, second = join(), join(at=EIGHT + timedelta(minutes=1))
    cancellations.cancel(freed, at=EIGHT - UNDO)

    for _ in range(2):
        waitlist.leave(first, at=EIGHT)

    assert (status(first), status(second), offered()) == ("left", "offered", [(second.pk, ELEVEN)])


def test_entry_ends_after_its_last_day(join):
    over, still = join(), join(latest_on=TUESDAY)

    waitlist.advance_offers(at=EIGHT + timedelta(days=1))

    assert (status(over), status(still)) == ("expired", "waiting")


def test_join_twice_changes_the_entry_and_keeps_the_place(join):
    patient = factories.patient()
    first = join(patient)

    again = join(patient, weekdays=[2], at=EIGHT + timedelta(hours=1))

    assert (again.pk, again.weekdays, again.created_at) == (first.pk, [2], EIGHT)


def test_join_for_a_procedure_before_the_consultation_is_refused(join):
    with pytest.raises(ConsultationFirst):
        join(visit_type=factories.visit_type(needs_consultation_first=True))
