"""Holding a time, and making it a visit."""

from datetime import UTC, datetime, timedelta

import pytest

from clinic.errors import (
    ConsultationFirst,
    HoldEnded,
    NotBookableHere,
    TimeNotOpen,
    TimeTaken,
    TokenReused,
    TooManyHolds,
)
from clinic.models import Appointment, Message, Patient, User
from clinic.scheduling import availability, booking, booking_locks
from clinic.scheduling.wishes import Search, Wish
from tests import factories
from tests.clinic.scheduling.visits import HALF_PAST_NINE, NINE, TEN, statuses
from tests.factories import NOW, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def hold(doctor, visit_type):
    """Holds 09:00 with the doctor for one browser, unless told otherwise."""

    def hold(starts_at=NINE, *, token="token-0001", browser="browser", now=NOW, held_from="", **wanted):
        usual = {"visit_type": visit_type, "practitioner": doctor, "starts_at": starts_at, "request_token": token}
        return booking.hold(Wish(**usual | wanted), held_by=browser, held_from=held_from, at=now)

    return hold


def shown(visit_type, *, now=NOW):
    times = availability.open_times(Search(visit_type, now), first_day=factories.MONDAY, days=1)
    return [time.starts_at for time in times]


# Holding


def test_hold_keeps_the_time_for_ten_minutes(hold, doctor, visit_type):
    held = hold(held_from="address")

    held.refresh_from_db()
    assert (held.status, held.held_until) == ("pending", NOW + timedelta(minutes=10))
    assert (held.held_by, held.held_from) == ("browser", "address")
    assert (held.starts_at, held.ends_at, held.practitioner, held.patient) == (NINE, HALF_PAST_NINE, doctor, None)
    assert held.room is not None
    assert held.ultrasound_machine is None
    assert list(held.status_changes.values_list("from_status", "to_status", "by")) == [("", "pending", None)]
    assert shown(visit_type)[0] == HALF_PAST_NINE


def test_hold_takes_a_machine_for_a_visit_that_needs_one():
    room, machine, expert = factories.room(), factories.machine(), factories.practitioner(ultrasound=True)

    held = booking.hold(
        Wish(factories.visit_type(needs_ultrasound=True), expert, NINE, request_token="token-0001"),
        held_by="browser",
        at=NOW,
    )

    assert (held.room, held.ultrasound_machine) == (room, machine)


def test_hold_asked_for_twice_is_one_and_the_same(hold):
    first, again = hold(), hold(now=NOW + timedelta(minutes=1))

    assert (again.pk, again.held_until) == (first.pk, first.held_until)
    assert statuses() == ["pending"]


def test_hold_refuses_a_token_that_came_with_another_wish(hold):
    hold()

    with pytest.raises(TokenReused):
        hold(HALF_PAST_NINE)

    assert statuses() == ["pending"]


@pytest.mark.parametrize("token", ["", "short", "x" * 65, "with space", "semi;colon", "новый-токен", "token-0001\n"])
def test_hold_refuses_a_token_that_no_page_of_ours_made(hold, token):
    with pytest.raises(TokenReused):
        hold(token=token)

    assert statuses() == []


def test_hold_lets_go_of_what_the_browser_held_before(hold):
    first = hold()

    second = hold(HALF_PAST_NINE, token="token-0002")

    first.refresh_from_db()
    assert (first.status, second.status) == ("expired", "pending")
    assert [change.to_status for change in first.status_changes.all()] == ["pending", "expired"]


def test_hold_may_move_to_a_time_that_overlaps_the_browsers_own(hold, doctor):
    hour = factories.visit_type(base_minutes=60)
    hold()

    assert hold(token="token-0002", visit_type=hour).status == "pending"


def test_hold_keeps_what_the_browser_held_when_the_new_one_is_refused(hold):
    mine = hold()
    hold(TEN, token="token-0002", browser="other")

    with pytest.raises(TimeTaken):
        hold(TEN, token="token-0003")

    mine.refresh_from_db()
    assert mine.status == "pending"


def test_hold_of_a_taken_time_is_refused_with_the_three_nearest(hold):
    hold()

    with pytest.raises(TimeTaken) as refusal:
        hold(token="token-0002", browser="other")

    assert refusal.type is TimeTaken
    assert [time.starts_at for time in refusal.value.alternatives] == [
        NINE + timedelta(minutes=30 * n) for n in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    "starts_at",
    [
        NINE - timedelta(minutes=30),
        NINE + timedelta(minutes=5),
        NINE + timedelta(seconds=1),
        NINE + timedelta(microseconds=1),
        NINE + timedelta(hours=3),
        NINE - timedelta(days=7),
        NINE + timedelta(days=85),
        NINE + timedelta(days=5),
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
    ],
    ids=str,
)
def test_hold_of_a_time_that_is_not_open_is_refused_with_three_that_are(hold, doctor, visit_type, starts_at):
    with pytest.raises(TimeNotOpen) as refusal:
        hold(starts_at)

    assert statuses() == []
    wishes = [Wish(visit_type, doctor, time.starts_at) for time in refusal.value.alternatives]
    assert len([availability.place_for(wish, at=NOW) for wish in wishes]) == 3


def test_hold_of_a_time_for_which_all_rooms_are_taken_says_so(hold):
    hold()

    with pytest.raises(TimeTaken) as refusal:
        hold(practitioner=factories.practitioner(), token="token-0002", browser="another")

    assert refusal.type is TimeTaken


@pytest.mark.parametrize("kind", [{"is_active": False}, {"bookable_by": "desk"}], ids=str)
def test_patients_cannot_hold_or_book_a_kind_of_visit_that_is_not_for_them(hold, doctor, kind):
    wish = Wish(factories.visit_type(**kind), doctor, NINE)

    with pytest.raises(NotBookableHere):
        hold(visit_type=wish.visit_type)
    with pytest.raises(NotBookableHere):
        booking.book(wish, patient=factories.patient(), at=NOW)

    assert statuses() == []


def test_hold_refuses_a_fourth_from_one_address(hold):
    for number in range(3):
        hold(NINE + timedelta(minutes=30 * number), token=f"token-{number:04}", browser=f"{number}", held_from="one")

    with pytest.raises(TooManyHolds):
        hold(NINE + timedelta(hours=2), token="token-0009", browser="fourth", held_from="one")

    assert hold(NINE + timedelta(hours=2), token="token-0010", browser="5", held_from="other").status == "pending"
    assert hold(NINE + timedelta(minutes=150), token="token-0011", browser="6").status == "pending"


def test_hold_does_not_count_holds_that_ran_out_or_are_let_go(hold):
    for number in range(3):
        hold(NINE + timedelta(minutes=30 * number), token=f"token-{number:04}", browser=f"{number}", held_from="one")

    instead = hold(NINE + timedelta(hours=2), token="token-0009", browser="2", held_from="one")
    now = NOW + timedelta(minutes=11)
    later = hold(NINE + timedelta(minutes=150), token="token-0010", browser="new", held_from="one", now=now)

    assert (instead.status, later.status) == ("pending", "pending")


def test_hold_that_ran_out_frees_its_time_at_once_and_without_a_job(hold, visit_type):
    ran_out = hold()
    later = NOW + timedelta(minutes=10)

    assert shown(visit_type, now=later)[0] == NINE
    assert hold(token="token-0002", browser="other", now=later).status == "pending"

    ran_out.refresh_from_db()
    assert ran_out.status == "expired"


# Confirming


def test_confirm_makes_a_newcomer_a_patient_with_contacts_and_an_account(hold):
    held = hold()

    booking.confirm(held, at=NOW, newcomer=factories.newcomer(phone="+37061234567"), reason="neck pain")

    held.refresh_from_db()
    assert (held.status, str(held.patient), held.reason) == ("booked", "Jonas New", "neck pain")
    assert [(c.system, c.value, c.was_booked_with) for c in held.patient.contacts.all()] == [
        ("email", "jonas@mail.example", True),
        ("phone", "+37061234567", True),
    ]
    account = User.objects.get()
    assert (account.email, account.has_usable_password()) == ("jonas@mail.example", False)
    assert account.patient_access.count() == 0
    assert [change.to_status for change in held.status_changes.all()] == ["pending", "booked"]


def test_confirm_tells_the_patient(hold):
    held = booking.confirm(hold(), at=NOW, newcomer=factories.newcomer())

    message = Message.objects.get()
    assert (message.key, message.address, message.patient, message.appointment, message.category) == (
        f"appointment:{held.pk}:visit-booked:0:email",
        "jonas@mail.example",
        held.patient,
        held,
        "notice",
    )
    assert (message.due_at, message.not_after, message.may_wake) == (NOW, NINE, True)


def test_confirm_for_a_patient_we_know_adds_no_other(hold):
    patient = factories.patient()

    held = booking.confirm(hold(), at=NOW, patient=patient)

    assert (held.patient, Patient.objects.count()) == (patient, 1)


def test_confirm_twice_makes_one_patient_and_one_message(hold):
    held = hold()
    stale = Appointment.objects.get()

    booking.confirm(held, at=NOW, newcomer=factories.newcomer())
    again = booking.confirm(stale, at=NOW + timedelta(hours=1), newcomer=factories.newcomer())

    assert again.status == "booked"
    assert (Patient.objects.count(), Message.objects.count(), again.status_changes.count()) == (1, 1, 2)


def test_confirm_refuses_to_hand_a_booked_visit_to_somebody_else(hold):
    held = booking.confirm(hold(), at=NOW, newcomer=factories.newcomer())
    other = factories.patient()

    with pytest.raises(HoldEnded):
        booking.confirm(held, at=NOW, patient=other)

    assert other.appointments.count() == 0


@pytest.mark.parametrize("minutes", [10, 11, 600])
def test_confirm_after_the_hold_ran_out_writes_nothing(hold, minutes):
    held = hold()

    with pytest.raises(HoldEnded):
        booking.confirm(held, at=NOW + timedelta(minutes=minutes), newcomer=factories.newcomer())

    assert (Patient.objects.count(), User.objects.count(), Message.objects.count()) == (0, 0, 0)
    assert statuses() == ["pending"]


def test_confirm_of_a_hold_that_was_let_go_is_refused(hold):
    held = hold()
    hold(HALF_PAST_NINE, token="token-0002")

    with pytest.raises(HoldEnded):
        booking.confirm(held, at=NOW, newcomer=factories.newcomer())

    assert Patient.objects.count() == 0


def test_confirm_refuses_a_newcomers_procedure_before_the_consultation(hold):
    injection = factories.visit_type(needs_consultation_first=True)
    held = hold(visit_type=injection)

    with pytest.raises(ConsultationFirst):
        booking.confirm(held, at=NOW, newcomer=factories.newcomer())

    assert (Patient.objects.count(), User.objects.count(), statuses()) == (0, 0, ["pending"])


@pytest.mark.parametrize(
    ("role", "status", "may"),
    [("physician", "fulfilled", True), ("physician", "booked", False), ("physiotherapist", "fulfilled", False)],
)
def test_confirm_lets_a_patient_book_a_procedure_once_seen_by_that_role(hold, role, status, may):
    patient = factories.patient()
    factories.appointment(
        starts_at=at("2026-01-05 10:00"),
        practitioner=factories.practitioner(role=role),
        visit_type=factories.visit_type(role=role),
        patient=patient,
        status=status,
    )
    injection = factories.visit_type(needs_consultation_first=True)

    assert booking_locks.has_required_consultation(patient, injection) == may
    if may:
        assert booking.confirm(hold(visit_type=injection), at=NOW, patient=patient).status == "booked"
    else:
        with pytest.raises(ConsultationFirst):
            booking.confirm(hold(visit_type=injection), at=NOW, patient=patient)


def test_confirm_refuses_a_patient_who_has_a_visit_then(hold, visit_type):
    patient = factories.patient()
    other_doctor = factories.practitioner()
    factories.appointment(starts_at=NINE, practitioner=other_doctor, visit_type=visit_type, patient=patient)
    held = hold()

    with pytest.raises(TimeTaken, match="Rasa Example already has a visit then: Consultation at 09:00") as refusal:
        booking.confirm(held, at=NOW, patient=patient)

    held.refresh_from_db()
    assert (held.status, held.patient, len(refusal.value.alternatives)) == ("pending", None, 3)
