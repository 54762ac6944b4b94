"""The waitlist: what comes free is offered to the first whom it suits, then to the next."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse

from clinic.errors import ConsultationFirst, NotWaiting, TimeTaken
from clinic.models import Appointment, Message, VisitType, WaitlistEntry, WaitlistOffer
from clinic.scheduling import availability, booking, cancellations, moved_visits, waitlist
from clinic.scheduling.wishes import Search, Wish
from tests import factories
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db

EIGHT = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)  # the clinic's clock; before that nobody is written to
ELEVEN = EIGHT + timedelta(hours=3)
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def visit(doctor, visit_type):
    """The visit of Monday at eleven that is to come free."""
    wish = Wish(visit_type, doctor, ELEVEN)
    return booking.book(wish, patient=factories.patient(), at=EIGHT)


@pytest.fixture
def join(visit_type):
    """Puts a patient on the list for Monday, unless told otherwise."""

    def join(patient=None, *, visit_type=visit_type, at=EIGHT, **wishes):
        usual = {"earliest_on": MONDAY, "latest_on": MONDAY, "at": at}
        return waitlist.join(patient or factories.patient(), visit_type, **usual | wishes)

    return join


def status(entry):
    return WaitlistEntry.objects.get(pk=entry.pk).status


def offered():
    """To whom which start is kept now."""
    open_ones = WaitlistOffer.objects.filter(is_open=True).select_related("appointment")
    return [(offer.entry_id, offer.appointment.starts_at) for offer in open_ones]


# Offering


def test_cancelled_time_is_kept_half_an_hour_for_the_first_on_the_list(visit, join):
    first, second = join(), join(at=EIGHT + timedelta(minutes=1))

    cancellations.cancel(visit, at=EIGHT)

    held = WaitlistOffer.objects.get().appointment
    assert offered() == [(first.pk, ELEVEN)]
    assert (status(first), status(second)) == ("offered", "waiting")
    assert (held.status, held.held_until, held.patient) == ("pending", EIGHT + timedelta(minutes=30), None)


def test_offer_tells_the_patient_where_to_take_it(visit, join):
    entry = join()

    cancellations.cancel(visit, at=EIGHT)

    message = Message.objects.get(patient=entry.patient)
    assert (message.due_at, message.not_after) == (EIGHT, EIGHT + timedelta(minutes=30))
    assert "We keep it for you until 08:30." in message.body
    assert reverse("my-waitlist") in message.body


def test_moved_visit_frees_its_old_time_for_the_list(visit, join, doctor):
    entry = join()

    moved_visits.reschedule(
        visit, to=Wish.of(visit, practitioner=doctor, starts_at=ELEVEN - timedelta(hours=1)), at=EIGHT
    )

    assert offered() == [(entry.pk, ELEVEN)]


@pytest.mark.parametrize(
    "wishes",
    [
        {"earliest_on": TUESDAY, "latest_on": TUESDAY},
        {"weekdays": [1, 2]},
        {"not_before": time(11, 30)},
        {"not_after": time(11, 15)},
    ],
)
def test_time_that_does_not_suit_is_not_offered(visit, join, wishes):
    entry = join(**wishes)

    cancellations.cancel(visit, at=EIGHT)

    assert (offered(), status(entry)) == ([], "waiting")


@pytest.mark.parametrize(
    "wishes", [{"weekdays": [0]}, {"not_before": time(11), "not_after": time(11, 30)}, {"latest_on": date(2026, 4, 1)}]
)
def test_time_that_just_suits_is_offered(visit, join, wishes):
    entry = join(**wishes)

    cancellations.cancel(visit, at=EIGHT)

    assert offered() == [(entry.pk, ELEVEN)]


def test_time_of_a_person_who_was_not_asked_for_is_not_offered(visit, join, doctor):
    other, own = factories.practitioner(), join(practitioners=[doctor])
    join(practitioners=[other], at=EIGHT - timedelta(hours=1))

    cancellations.cancel(visit, at=EIGHT)

    assert offered() == [(own.pk, ELEVEN)]


def test_time_is_not_offered_to_the_one_who_gave_it_back_nor_to_one_who_has_a_visit_then(visit, join):
    factories.room()
    busy = factories.patient()
    wish = Wish(visit.visit_type, factories.practitioner(), ELEVEN)
    booking.book(wish, patient=busy, at=EIGHT)
    join(visit.patient), join(busy)

    cancellations.cancel(visit, at=EIGHT)

    assert offered() == []


def test_offer_in_the_night_lasts_into_the_morning(visit, join):
    entry = join()

    cancellations.cancel(visit, at=EIGHT - timedelta(hours=3))

    assert WaitlistOffer.objects.get().appointment.held_until == EIGHT + timedelta(minutes=30)
    assert status(entry) == "offered"


def test_time_that_is_too_near_to_be_answered_is_not_offered(visit, join):
    join()

    cancellations.cancel(visit, at=ELEVEN - timedelta(minutes=30))

    assert offered() == []


def test_two_short_visits_fit_into_one_long_that_came_free(doctor, join):
    hour = factories.visit_type(base_minutes=60)
    visit = booking.book(Wish(hour, doctor, ELEVEN), patient=factories.patient(), at=EIGHT)
    entries = [join(), join(at=EIGHT + timedelta(minutes=1)), join(at=EIGHT + timedelta(minutes=2))]

    cancellations.cancel(visit, at=EIGHT)

    assert offered() == [(entries[0].pk, ELEVEN), (entries[1].pk, ELEVEN + timedelta(minutes=30))]


def test_offered_time_is_nobody_elses(visit, join, visit_type, doctor):
    join()
    cancellations.cancel(visit, at=EIGHT)

    shown = availability.open_times(Search(visit_type, EIGHT), first_day=MONDAY, days=1)

    assert ELEVEN not in [open_time.starts_at for open_time in shown]
    with pytest.raises(TimeTaken):
        cancellations.undo_cancel(visit, at=EIGHT)


# Taking, lapsing, leaving


def test_taken_offer_is_a_visit_and_ends_the_waiting(visit, join):
    entry = join()
    cancellations.cancel(visit, at=EIGHT)

    booked = booking.confirm(waitlist.hold_for(entry, at=EIGHT), patient=entry.patient, at=EIGHT)

    assert (booked.status, booked.patient, booked.starts_at) == ("booked", entry.patient, ELEVEN)
    assert (status(entry), offered()) == ("booked", [])


def test_lapsed_offer_goes_to_the_next_and_never_back(visit, join):
    first, second = join(), join(at=EIGHT + timedelta(minutes=1))
    cancellations.cancel(visit, at=EIGHT)

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


def test_lapsed_offer_whose_time_somebody_else_took_is_only_ended(visit, join, doctor, visit_type):
    entry = join()
    cancellations.cancel(visit, at=EIGHT)
    later = EIGHT + timedelta(minutes=30)
    wish = Wish(visit_type, doctor, ELEVEN)
    booking.book(wish, patient=factories.patient(), at=later)

    waitlist.advance_offers(at=later)

    assert (status(entry), offered()) == ("waiting", [])


@pytest.mark.parametrize("day", [0, 1])
def test_who_books_another_time_meanwhile_waits_no_more_and_the_kept_time_goes_on(visit, join, visit_type, doctor, day):
    entry, second = join(latest_on=TUESDAY), join(at=EIGHT + timedelta(minutes=1))
    cancellations.cancel(visit, at=EIGHT)
    assert status(entry) == "offered"

    wish = Wish(visit_type, doctor, EIGHT + timedelta(days=day, hours=1), by_desk=True)
    booking.book(wish, patient=entry.patient, at=EIGHT)
    with pytest.raises(NotWaiting):
        waitlist.hold_for(entry, at=EIGHT)
    waitlist.advance_offers(at=EIGHT + timedelta(seconds=30))

    assert (status(entry), status(second)) == ("booked", "offered")
    assert offered() == [(second.pk, ELEVEN)]


@pytest.mark.parametrize("change", [{"is_active": False}, {"bookable_by": "desk"}])
def test_what_patients_can_no_longer_book_is_not_offered(visit, join, visit_type, change):
    entry = join()
    VisitType.objects.filter(pk=visit_type.pk).update(**change)

    cancellations.cancel(visit, at=EIGHT)

    assert (offered(), status(entry)) == ([], "waiting")


def test_leaving_hands_the_kept_time_on(visit, join):
    first, second = join(), join(at=EIGHT + timedelta(minutes=1))
    cancellations.cancel(visit, at=EIGHT)

    for _ in range(2):
        waitlist.leave(first, at=EIGHT)

    assert (status(first), status(second), offered()) == ("left", "offered", [(second.pk, ELEVEN)])


def test_wish_ends_after_its_last_day(join):
    over, still = join(), join(latest_on=TUESDAY)

    waitlist.advance_offers(at=EIGHT + timedelta(days=1))

    assert (status(over), status(still)) == ("expired", "waiting")


def test_join_twice_changes_the_wish_and_keeps_the_place(join):
    patient = factories.patient()
    first = join(patient)

    again = join(patient, weekdays=[2], at=EIGHT + timedelta(hours=1))

    assert (again.pk, again.weekdays, again.created_at) == (first.pk, [2], EIGHT)


def test_join_for_a_procedure_before_the_consultation_is_refused(join):
    with pytest.raises(ConsultationFirst):
        join(visit_type=factories.visit_type(needs_consultation_first=True))


# The pages


@pytest.fixture
def patient(me, time_machine):
    time_machine.move_to(EIGHT, tick=False)
    return me


def test_times_page_without_times_leads_to_the_list(client, visit_type):
    page = client.get(visit_type.get_absolute_url()).content.decode()

    assert f'href="{reverse("my-waitlist-join", args=[visit_type.slug])}"' in page


def test_patient_joins_with_wishes(client, patient, visit_type, doctor):
    address = reverse("my-waitlist-join", args=[visit_type.slug])
    asked = client.get(address).content.decode()
    wishes = {"patient": patient.pk, "weekdays": [0, 3], "practitioners": [doctor.pk], "part_of_day": "morning"}

    page = client.post(
        address, wishes | {"earliest_on": "2026-03-02", "latest_on": "2026-03-20"}, follow=True
    ).content.decode()

    entry = WaitlistEntry.objects.get()
    assert "Put me on the list" in asked
    assert "You are on the list" in page
    assert "Monday, Thursday" in page
    assert (entry.patient, entry.weekdays, entry.not_after) == (patient, [0, 3], time(12))
    assert list(entry.practitioners.all()) == [doctor]


@pytest.mark.parametrize("days", [("2026-03-10", "2026-03-09"), ("2026-03-02", "2027-03-02"), ("", ""), ("x", "y")])
def test_patient_cannot_join_for_days_that_cannot_be(client, patient, visit_type, days):
    wish = {"patient": patient.pk, "part_of_day": "any", "earliest_on": days[0], "latest_on": days[1]}

    page = client.post(reverse("my-waitlist-join", args=[visit_type.slug]), wish).content.decode()

    assert "Please check your answers" in page
    assert WaitlistEntry.objects.count() == 0


def test_patient_takes_the_time_that_is_kept_and_taking_twice_is_once(client, patient, visit, join):
    entry = join(patient)
    cancellations.cancel(visit, at=EIGHT)

    page = client.get(reverse("my-waitlist")).content.decode()
    answers = [client.post(reverse("my-waitlist-take", args=[entry.pk])) for _ in range(2)]

    assert "A time is free for you: Monday 2 March, 11:00" in page
    assert [answer["Location"] for answer in answers] == [reverse("my")] * 2
    assert patient.appointments.get().status == "booked"


def test_patient_cannot_take_a_time_that_lapsed(client, patient, visit, join, time_machine):
    entry = join(patient)
    cancellations.cancel(visit, at=EIGHT)
    time_machine.shift(timedelta(minutes=30))

    page = client.get(reverse("my-waitlist")).content.decode()
    answer = client.post(reverse("my-waitlist-take", args=[entry.pk]))

    assert ("Take this time" in page, answer.status_code) == (False, 409)
    assert patient.appointments.count() == 0


def test_patient_leaves_the_list(client, patient, join):
    entry = join(patient)

    client.post(reverse("my-waitlist-leave", args=[entry.pk]))

    assert status(entry) == "left"


@pytest.mark.parametrize("name", ["my-waitlist-take", "my-waitlist-leave"])
def test_strangers_entry_is_not_found(client, patient, join, name):
    entry = join()

    assert client.post(reverse(name, args=[entry.pk])).status_code == 404
    assert status(entry) == "waiting"
