"""The acts that use up time: hold, confirm, book.

Each is one transaction: lock, look, write, tell. The loser of a race gets `TimeTaken` with three open times.
"""

import re
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from clinic.errors import ConsultationFirst, HoldEnded, NotBookableHere, PatientDied, TokenReused, TooManyHolds
from clinic.models import Appointment, AppointmentStatus
from clinic.people import registration
from clinic.scheduling import booking_locks, waitlist
from clinic.scheduling.wishes import Wish

TOKEN_SHAPE = re.compile(r"[A-Za-z0-9_-]{8,64}")


def hold(wish, *, held_by, at, held_from="", most=None):
    """Hold a start for 10 minutes for one browser, and release what that browser held before.

    `held_by` is a secret of the browser's session, `held_from` a keyed hash of where it is ("" when nobody knows), and
    `most` how many times may be held from there at once: HOLDS_PER_ADDRESS, unless told otherwise. The same
    `request_token` with the same wish gets the same row back, however often and however parallel. Raises
    NotBookableHere, TokenReused (it was used for another wish), TimeTaken, TimeNotOpen, TooManyHolds.
    """
    _refuse_bad_token(wish)
    _refuse_unless_for_patients(wish)
    with booking_locks.lost_race_refused(wish, at=at):
        wish = wish.in_utc(at=at)
        if known := booking_locks.look_before_locking(wish, at=at, held_by=held_by):
            return known
        with transaction.atomic():
            booking_locks.lock(wish.practitioner)
            if known := booking_locks.same_request(wish):
                return known
            _release_other_holds(held_by, at=at)
            _refuse_too_many_holds(held_from, most, at=at)
            return booking_locks.create(
                wish,
                booking_locks.open_place(wish, at=at),
                at=at,
                status=AppointmentStatus.PENDING,
                held_until=at + timedelta(minutes=settings.HOLD_MINUTES),
                held_by=held_by,
                held_from=held_from,
            )


def confirm(appointment, *, at, patient=None, newcomer=None, by=None, reason=""):
    """Turn a live hold into a booking, with its messages, in one transaction.

    Either for `patient`, who has an entry, or for a `registration.Newcomer`, who becomes a patient here and only if
    all goes well. Repeating it changes nothing. Raises HoldEnded, ConsultationFirst, TimeTaken (another visit then),
    TimeNotOpen (it was open when it was held), PatientDied.
    """
    wish = Wish.of(appointment)
    with booking_locks.lost_race_refused(wish, at=at), transaction.atomic():
        booking_locks.lock(appointment.practitioner, patient=patient)
        appointment.refresh_from_db()
        if appointment.status == AppointmentStatus.BOOKED and patient in (None, appointment.patient):
            return appointment
        if not appointment.is_live_hold(at=at):
            raise HoldEnded
        booking_locks.refuse_if_no_longer_open(appointment)
        patient = patient or registration.register(newcomer, at=at)
        _refuse_for_the_dead(patient)
        _refuse_before_consultation(patient, appointment.visit_type)
        booking_locks.refuse_double_booking(patient, wish)
        appointment.patient, appointment.reason = patient, reason
        appointment.save(update_fields=["patient", "reason"])
        appointment.move_to_booked(by=by, at=at)
        waitlist.note_booked(appointment, at=at)
        booking_locks.announce(appointment, at=at)
    return appointment


def book(wish, *, patient, at, by=None, reason="", booked_for=None):
    """Book a start directly for a patient who has an entry: by the desk, or by a patient who is signed in.

    The same `request_token` with the same wish gets the same booking back. The desk's wish need not wait for the
    consultation; the reason for which it may overlap others is stored if it does. `booked_for` is sent along with the
    signal of a new booking.

    Raises NotBookableHere, TokenReused, TimeTaken, TimeNotOpen, ConsultationFirst, PatientMerged, PatientDied.
    """
    if wish.request_token is not None:
        _refuse_bad_token(wish)
    if not wish.by_desk:
        _refuse_unless_for_patients(wish)
    with booking_locks.lost_race_refused(wish, at=at):
        wish = wish.in_utc(at=at)
        if not wish.overlap_reason and (known := booking_locks.look_before_locking(wish, at=at, patient=patient)):
            return known
        with transaction.atomic():
            booking_locks.lock(wish.practitioner, patient=patient)
            if known := booking_locks.same_request(wish, patient=patient):
                return known
            _refuse_for_the_dead(patient)
            place, overlap_reason = booking_locks.place_for_patient(patient, wish, at=at)
            if not wish.by_desk:
                _refuse_before_consultation(patient, wish.visit_type)
            told = {"reason": reason, "overlap_reason": overlap_reason}
            appointment = booking_locks.create(
                wish, place, at=at, by=by, status=AppointmentStatus.BOOKED, patient=patient, **told
            )
            booking_locks.announce(appointment, at=at, booked_for=booked_for)
            waitlist.note_booked(appointment, at=at)
    return appointment


# Before the transaction


def _refuse_unless_for_patients(wish):
    if not wish.visit_type.is_for_patients:
        raise NotBookableHere


def _refuse_bad_token(wish):
    if not TOKEN_SHAPE.fullmatch(wish.request_token):
        raise TokenReused


# Inside the transaction


def _release_other_holds(held_by, *, at):
    for appointment in Appointment.objects.live_holds(at=at).filter(held_by=held_by):
        appointment.expire()


def _refuse_too_many_holds(held_from, most, *, at):
    held = Appointment.objects.live_holds(at=at).filter(held_from=held_from)
    if held_from and held.count() >= (most or settings.HOLDS_PER_ADDRESS):
        raise TooManyHolds


def _refuse_for_the_dead(patient):
    if patient.is_deceased:
        raise PatientDied


def _refuse_before_consultation(patient, visit_type):
    if not booking_locks.has_required_consultation(patient, visit_type):
        raise ConsultationFirst
