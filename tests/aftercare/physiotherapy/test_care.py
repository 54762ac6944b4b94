"""A physiotherapist sees who has a visit or referral to them, and whom they opened for a written reason; no others."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from aftercare.models import CarePlan, ServiceRequest, ServiceRequestStatus
from aftercare.physiotherapy import exercise_items
from clinic.models import (
    Appointment,
    AppointmentStatus,
    AuditEvent,
    EmergencyAccess,
    Patient,
    PatientAlert,
    Role,
    WaitlistEntry,
    WorkItem,
)
from clinic.people import emergency_access
from procedures.models import Screening
from tests import factories
from tests.factories import NOW
from tests.web import NOT_FOUND, as_, main_words, refusal

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def me():
    return factories.colleague(Role.PHYSIOTHERAPIST, name="Mia")


@pytest.fixture
def other():
    return factories.colleague(Role.PHYSIOTHERAPIST, name="Jonas")


@pytest.fixture
def patient():
    """Was injected yesterday, by a physician; the referral is nobody's yet."""
    factories.protocol()
    treated = factories.patient(given_name="Rasa", family_name="Kanarienvogel")
    factories.signed(patient=treated, starts_at=NOW - timedelta(days=1), signed_at=NOW - timedelta(hours=20))
    return treated


def booked(patient, person, **fields):
    kind = factories.physiotherapy()
    visit = factories.appointment(practitioner=person, patient=patient, visit_type=kind, starts_at=TOMORROW, **fields)
    ServiceRequest.objects.filter(patient=patient).update(appointment=visit)
    return visit


def seen_by(person):
    return list(Patient.objects.visible_to(person.user))


def test_referral_that_nobody_has_taken_is_to_every_physiotherapist(me, other, patient):
    assert (seen_by(me), seen_by(other)) == ([patient], [patient])


def test_referral_that_somebody_has_taken_is_theirs_alone(me, other, patient):
    visit = booked(patient, other)
    factories.screened(patient, at=NOW)
    patient.alerts.create(kind="allergy", state="present")

    assert (seen_by(me), seen_by(other)) == ([], [patient])
    for model in (Appointment, ServiceRequest, CarePlan, Screening, PatientAlert, WaitlistEntry):
        assert not model.objects.visible_to(me.user).exists(), model
    pages = [
        reverse("practice-visit", args=[visit.pk]),
        reverse("practice-referral", args=[visit.physiotherapy_referral.pk]),
        reverse("practice-referral-exercises", args=[visit.physiotherapy_referral.pk]),
        reverse("practice-messages", args=[patient.pk]),
    ]
    assert [refusal(as_(me.user).get(page)) for page in pages] == [NOT_FOUND] * 4
    assert "Kanarienvogel" not in main_words(as_(me.user).get(reverse("practice-referrals")))


def test_visit_with_a_physician_is_not_the_physiotherapists(me, patient):
    booked(patient, me)
    injected = patient.appointments.exclude(practitioner=me).get()

    assert refusal(as_(me.user).get(reverse("practice-visit", args=[injected.pk]))) == NOT_FOUND
    assert list(Appointment.objects.visible_to(me.user).values_list("practitioner", flat=True)) == [me.pk]


def test_what_the_physician_decided_about_an_answer_is_for_physicians(me, patient):
    visit = booked(patient, me)
    given = factories.screened(patient, at=NOW)
    Screening.objects.filter(pk=given.pk).update(
        reviewed_at=NOW, reviewed_by=factories.user(name="Dr Brandt"), review_note="Kanarienvogel: only half a dose."
    )

    page = main_words(as_(me.user).get(reverse("practice-visit", args=[visit.pk])))

    assert "Looked at by Dr Brandt" in page
    assert "only half a dose" not in page


def test_cancelled_visit_makes_nobody_ones_patient(me, other, patient):
    booked(patient, other)
    factories.appointment(
        practitioner=me, patient=patient, starts_at=TOMORROW + timedelta(hours=2), status=AppointmentStatus.CANCELLED
    )

    assert seen_by(me) == []


def test_patients_of_who_works_here_no_more_are_everybodys(me, other, patient):
    booked(patient, other)
    other.is_active = False
    other.save()

    assert seen_by(me) == [patient]


def test_who_assessed_a_patient_goes_on_seeing_them(me, other, patient):
    referral = ServiceRequest.objects.get()
    referral.assessments.create(patient=patient, pain_now=3, assessed_by=me.user)
    ServiceRequest.objects.update(status=ServiceRequestStatus.COMPLETED)

    assert (seen_by(me), seen_by(other)) == ([patient], [])


def test_exercise_that_nobody_ticks_waits_for_the_own_physiotherapist(me, other, patient):
    booked(patient, other)
    exercise_items.unticked([factories.prescription(CarePlan.objects.get())], at=NOW)

    assert [WorkItem.objects.visible_to(person.user).count() for person in (me, other)] == [0, 1]


def emergency(person, **fields):
    words = {"name": "Rasa Kanarienvogel", "birth_date": "1980-02-29", "reason": "Jonas is ill today."}
    return as_(person.user).post(reverse("practice-emergency"), words | fields, follow=True)


def test_another_patient_opens_for_a_reason_and_eight_hours(me, other, patient):
    visit = booked(patient, other)

    page = emergency(me)

    assert "Your reason: Jonas is ill today." in main_words(page)
    addresses = [
        reverse("practice-visit", args=[visit.pk]),
        reverse("practice-referral", args=[visit.physiotherapy_referral.pk]),
    ]
    assert [as_(me.user).get(address).status_code for address in addresses] == [200, 200]
    with time_machine.travel(NOW + timedelta(hours=8), tick=False):
        assert [refusal(as_(me.user).get(address)) for address in addresses] == [NOT_FOUND] * 2


def test_opening_is_noted_and_a_manager_looks_at_it_the_next_day(me, other, patient):
    booked(patient, other)
    emergency(me)
    manager = factories.user(Role.MANAGER, name="Nadia")

    item = WorkItem.objects.get(kind="emergency_access")
    opened = EmergencyAccess.objects.get()
    assert item.due_at == factories.at("2026-03-03 09:00")
    assert AuditEvent.objects.filter(kind="break-glass", by=me.user, what="Jonas is ill today.").count() == 1
    assert AuditEvent.objects.filter(patient=patient, by=me.user, what="opened in an emergency").exists()
    assert not WorkItem.objects.visible_to(factories.user(Role.DESK)).filter(pk=item.pk).exists()
    assert WorkItem.objects.visible_to(manager).filter(pk=item.pk).exists()
    address = reverse("manage-emergency-review", args=[opened.pk])
    assert "opened in an emergency" in main_words(as_(manager).get(address))
    assert "Write what was wrong" in main_words(as_(manager).post(address, {"was_right": "no", "note": ""}))
    as_(manager).post(address, {"was_right": "no", "note": "Talked about it."})

    opened.refresh_from_db()
    item.refresh_from_db()
    assert (opened.was_right, opened.reviewed_by, item.is_requested, item.ended_by) == (False, manager, False, manager)


def test_nobody_reviews_what_they_opened_themselves(me, other, patient):
    booked(patient, other)
    emergency(me)
    me.user.employments.create(role=Role.MANAGER, since=factories.HIRED)
    address = reverse("manage-emergency-review", args=[EmergencyAccess.objects.get().pk])

    page = as_(me.user).post(address, {"was_right": "yes"})

    assert "You opened it yourself" in main_words(page)
    assert EmergencyAccess.objects.get().reviewed_at is None


@pytest.mark.parametrize("words", [{"name": "Kanarienvogel", "birth_date": "1980-03-01"}, {"name": "Nobody"}])
def test_nobody_is_found_by_guessing(me, patient, words):
    assert "Nobody is found" in main_words(emergency(me, **words))
    assert EmergencyAccess.objects.count() == 0


def test_without_a_reason_nothing_opens(me, patient):
    assert "Write why" in main_words(emergency(me, reason=" "))
    assert EmergencyAccess.objects.count() == 0


def test_opening_twice_is_one_access_and_two_notes(me, other, patient):
    booked(patient, other)

    for _ in range(2):
        emergency_access.break_glass(patient, by=me.user, reason="Jonas is ill.", at=NOW)

    assert EmergencyAccess.objects.count() == 1
    assert AuditEvent.objects.filter(kind="break-glass").count() == 2
