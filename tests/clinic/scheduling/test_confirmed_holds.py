"""A hold becomes a visit."""

from datetime import timedelta

import pytest

from clinic.errors import (
    ConsultationFirst,
    HoldEnded,
    TimeTaken,
)
from clinic.models import Appointment, Message, Patient, User
from clinic.scheduling import booking, booking_locks
from tests import factories
from tests.clinic.scheduling.visits import HALF_PAST_NINE, NINE, statuses
from tests.factories import NOW, at

pytestmark = pytest.mark.django_db


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
    assert message.about == {"purpose": "visit-booked", "cause": held.pk, "occasion": "", "sequence": 0}
    assert (message.channel, message.address, message.category) == ("email", "jonas@mail.example", "notice")
    assert (message.patient, message.appointment) == (held.patient, held)
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
