"""What was treated in the demo clinic, and the aftercare that follows."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from aftercare import message_purposes
from aftercare.demo import complaints
from aftercare.models import CarePlan, ServiceRequest, ServiceRequestStatus
from aftercare.work_kinds import PHYSIOTHERAPY_LATE
from clinic.models import (
    Appointment,
    AppointmentStatus,
    ContactSystem,
    Message,
    MessageStatus,
    Patient,
    WorkItem,
)
from procedures.models import PainReport, Procedure, ProcedurePlan
from procedures.records import geometry
from tests.aftercare.demo.seeded_clinic import (
    due_letters,
)

pytestmark = [pytest.mark.xdist_group("seeded clinic"), pytest.mark.django_db, pytest.mark.usefixtures("clinic")]
S = AppointmentStatus


@pytest.fixture
def ana():
    return Patient.objects.get(access__user__email="patient@demo.example")


def signed_on(day):
    return Procedure.objects.signed().filter(performed_on=day)


def test_the_patient_who_is_here_has_no_record_yet():
    here = Appointment.objects.get(status=S.ARRIVED, practitioner__user__email="physician@demo.example")

    assert not Procedure.objects.filter(appointment=here).exists()
    assert here.patient.appointments.filter(status=S.FULFILLED, visit_type__slug="consultation").exists()


def test_the_demo_patient_was_treated_yesterday_and_may_not_lift_yet(ana):
    plan = CarePlan.objects.get(patient=ana)
    sent = Counter(ana.messages.filter(purpose__in=message_purposes.CODES).values_list("status", flat=True))

    assert (ana.given_name, ana.contacts.get(system=ContactSystem.EMAIL).value) == ("Ana", "patient@demo.example")
    assert timezone.localdate(plan.starts_at) == timezone.localdate() - timedelta(days=1)
    assert not plan.may_lift(at=timezone.now())
    assert plan.referral.appointment is None
    assert set(sent) == {MessageStatus.ACCEPTED, MessageStatus.WAITING}
    assert [visit.visit_type.slug for visit in ana.appointments.all()] == ["consultation", "ultrasound-guided-block"]


def test_one_was_signed_an_hour_ago_and_only_its_first_advice_is_due():
    signed = Procedure.objects.get(signed_at=timezone.now() - timedelta(hours=1))

    assert due_letters() == [("no-heavy-lifting", "at-once")]
    assert Message.objects.due(at=timezone.now()).get().patient == signed.patient


def test_one_is_late_for_physiotherapy_and_the_desk_is_to_call():
    eight_days_ago = timezone.localdate() - timedelta(days=8)
    late = ServiceRequest.objects.unbooked().filter(due_on__lt=timezone.localdate())
    items = WorkItem.objects.due(at=timezone.now()).filter(kind=PHYSIOTHERAPY_LATE.code)

    assert signed_on(eight_days_ago).filter(care_plan__referral__in=late).exists()
    assert {item.patient_id for item in items} == {referral.patient_id for referral in late}


def test_every_injection_is_recorded_signed_and_followed_up():
    injected = Appointment.objects.filter(status=S.FULFILLED, visit_type__slug__endswith="-block")
    complete = Procedure.objects.signed().exclude(sites=None).exclude(drugs=None).exclude(pain_scores=None)

    assert injected.count() == complete.filter(appointment__in=injected).distinct().count()
    assert Procedure.objects.count() == injected.count() == CarePlan.objects.count() == ServiceRequest.objects.count()


def test_plan_and_record_are_for_what_hurts_the_patient():
    for plan in ProcedurePlan.objects.select_related("patient").prefetch_related("sites"):
        complaint = complaints.of(str(plan.patient))
        assert {site.muscle_id for site in plan.sites.all()} <= set(complaint.muscles)
        assert {site.side for site in plan.sites.all()} <= set(complaint.sides)
        told = plan.patient.pain_reports.first()
        assert told is None or {area.pk for area in told.areas.all()} == set(complaint.places)
        assert plan.appointment.reason in ("", complaint.words)
    assert PainReport.objects.exists()


def test_most_referrals_are_booked_in_time_and_done_once_seen():
    referrals = ServiceRequest.objects.exclude(appointment=None).select_related("appointment")
    in_time = [referral for referral in referrals if referral.appointment.on <= referral.due_on]
    done = referrals.filter(status=ServiceRequestStatus.COMPLETED)

    assert len(in_time) > 0.75 * ServiceRequest.objects.count()
    assert done.count() > 50
    assert set(done.values_list("appointment__status", flat=True)) == {S.FULFILLED}


def test_old_work_items_look_like_those_that_signing_makes():
    causes = WorkItem.objects.filter(kind=PHYSIOTHERAPY_LATE.code).values_list("cause", flat=True)
    signed = Procedure.objects.values_list("pk", flat=True)

    assert set(causes) == set(signed)


def test_needles_of_the_demo_went_where_the_muscles_lie():
    records = Procedure.objects.select_related("definition", "patient").prefetch_related("sites__muscle")
    unbelievable = [record for record in records if list(geometry.problems(record, list(record.sites.all())))]

    assert (records.exclude(sites=None).exists(), unbelievable) == (True, [])


def test_in_the_demo_both_lungs_are_not_near_a_needle_in_one_visit():
    for record in Procedure.objects.prefetch_related("sites__muscle"):
        near = {site.side for site in record.sites.all() if site.muscle.has_lung_risk}
        assert (len(near) < 2, record.both_sides_reason) == (True, "")
