"""The facts of one demo clinic, seeded on a Wednesday morning."""

from collections import Counter
from datetime import timedelta

import phonenumbers
import pytest
from django.core.management import CommandError
from django.utils import timezone

from aftercare.demo import complaints, scale
from aftercare.demo.moments import Moment
from aftercare.models import CarePlan, ServiceRequest, ServiceRequestStatus
from clinic.models import (
    Appointment,
    AppointmentStatus,
    Closure,
    ContactSystem,
    CredentialKind,
    Message,
    MessageAttempt,
    MessageStatus,
    Patient,
    PatientContact,
    Practitioner,
    PractitionerRole,
    Room,
    TimeOff,
    UltrasoundMachine,
    User,
    VisitType,
    WorkItem,
    WorkItemKind,
    WorkItemStatus,
)
from clinic.scheduling import availability
from clinic.scheduling.wishes import Search
from clinic.views.system.demo import DEMO_ROLES
from procedures.models import PainReport, Procedure, ProcedurePlan
from tests.aftercare.demo.seeded_clinic import (
    RESOURCES,
    WEDNESDAY,
    comes_alive,
    due_keys,
    holding_time,
    outside_hours,
    overlaps,
    seed,
    seeded_at,
    without_skill_or_machine,
)

pytestmark = [pytest.mark.xdist_group("seeded clinic"), pytest.mark.django_db]

S = AppointmentStatus


@pytest.fixture(autouse=True, scope="module")
def clinic(django_db_setup, django_db_blocker):
    """One clinic for all tests here; gives what the command printed."""
    with django_db_blocker.unblock(), seeded_at(WEDNESDAY) as printed:
        yield printed


@pytest.fixture(scope="module")
def visits():
    return holding_time()


@pytest.fixture
def ana():
    return Patient.objects.get(access__user__email="patient@demo.example")


def signed_on(day):
    return Procedure.objects.signed().filter(performed_on=day)


def test_it_says_what_it_made(clinic):
    counts = [Patient, Appointment, Procedure, Message]
    words = ["patients", "visits", "records", "messages"]
    expected = ", ".join(f"{model.objects.count():,} {word}" for model, word in zip(counts, words, strict=True))

    assert clinic == f"Demo clinic of 2026-11-25: {expected}.\n"


def test_it_is_a_small_clinic_of_believable_size():
    physicians = Practitioner.objects.active().filter(role=PractitionerRole.PHYSICIAN)

    assert (physicians.count(), Practitioner.objects.count()) == (4, 6)
    assert (Room.objects.count(), UltrasoundMachine.objects.count()) == (5, 2)
    assert 350 <= Patient.objects.count() <= 450
    assert 850 <= Appointment.objects.count() <= 1100


def test_there_is_an_account_for_every_role_and_nobody_has_a_password():
    demo = User.objects.filter(email__endswith="@demo.example").order_by("email")

    assert [(user.email.partition("@")[0], [group.name for group in user.groups.all()]) for user in demo] == [
        ("desk", ["desk"]),
        ("manager", ["manager"]),
        ("patient", []),
        ("physician", ["physician"]),
        ("physiotherapist", ["physiotherapist"]),
        ("second-physician", ["physician"]),
    ]
    assert {user.email.partition("@")[0] for user in demo} == set(DEMO_ROLES)
    assert [user.email for user in User.objects.filter(is_staff=True)] == ["manager@demo.example"]
    assert [user for user in User.objects.all() if user.has_usable_password()] == []
    assert list(Practitioner.objects.filter(user=None)) == []


def test_two_physicians_may_use_ultrasound_now_and_a_third_no_longer():
    today = timezone.localdate()
    physicians = Practitioner.objects.filter(role=PractitionerRole.PHYSICIAN).order_by("pk")

    valid = [person.has_credential(CredentialKind.ULTRASOUND, on=today) for person in physicians]
    ends = [max((each.valid_to for each in person.credentials.all()), default=None) for person in physicians]

    assert valid == [True, True, False, False]
    assert [end and end < today for end in ends] == [False, False, True, None]
    assert today < ends[1] < today + timedelta(days=150)


def test_people_are_fictitious_and_their_addresses_well_formed():
    mails = PatientContact.objects.filter(system=ContactSystem.EMAIL).values_list("value", flat=True)
    phones = PatientContact.objects.filter(system=ContactSystem.PHONE).values_list("value", flat=True)

    domains = {mail.partition("@")[2] for mail in mails}
    odd = [phone for phone in phones if not phonenumbers.is_valid_number(phonenumbers.parse(phone))]

    assert domains == {"example.org", "example.net", "example.com", "demo.example"}
    assert odd == []
    assert list(Patient.objects.filter(contacts=None)) == []


@pytest.mark.parametrize("resource", RESOURCES)
def test_nobody_and_nothing_is_in_two_visits_at_once(visits, resource):
    assert overlaps(visits, resource) == []


def test_visits_lie_in_working_hours_and_in_nobodys_absence(visits):
    away = [
        visit
        for visit in visits
        for absence in [*Closure.objects.all(), *TimeOff.objects.all()]
        if getattr(absence, "practitioner_id", visit.practitioner_id) == visit.practitioner_id
        if visit.starts_at < absence.ends_at and visit.ends_at > absence.starts_at
    ]

    assert outside_hours(visits) == []
    assert away == []


def test_ultrasound_visits_have_a_machine_and_a_skilled_physician(visits):
    assert sum(visit.visit_type.needs_ultrasound for visit in visits) > 50
    assert without_skill_or_machine(visits) == []


def test_twelve_weeks_are_filled_and_denser_near_today():
    today = timezone.localdate()
    weeks = Counter((visit.on - today).days // 7 for visit in Appointment.objects.all())

    assert sorted(weeks) == list(range(-9, 5))
    assert weeks[0] > weeks[1] > weeks[2] > weeks[4]
    assert min(weeks[week] for week in range(-8, 0)) > 40


def test_what_is_past_has_come_to_an_end_and_what_is_ahead_has_not():
    now = timezone.now()
    past = Appointment.objects.filter(ends_at__lte=now).values_list("status", flat=True)
    ahead = Appointment.objects.filter(starts_at__gt=now).values_list("status", flat=True)

    assert set(past) == {S.FULFILLED, S.CANCELLED, S.NOSHOW}
    assert set(ahead) == {S.BOOKED}


def test_each_visit_tells_how_it_came_to_its_state():
    for visit in Appointment.objects.prefetch_related("status_changes"):
        changes = list(visit.status_changes.all())

        assert changes[0].from_status == ""
        assert changes[-1].to_status == visit.status
        assert [change.at for change in changes] == sorted(change.at for change in changes)
        assert changes[-1].at <= timezone.now()


def test_every_working_day_of_four_weeks_has_open_times():
    now = timezone.now()
    times = availability.open_times(
        Search(VisitType.objects.get(slug="consultation"), now), first_day=timezone.localdate(), days=29
    )

    open_days = {timezone.localdate(each.starts_at) for each in times}

    assert sorted(day for day in open_days if day.weekday() < 5) == [
        day for n in range(29) if (day := timezone.localdate() + timedelta(days=n)).weekday() < 5
    ]


def test_today_is_alive():
    today = Counter(Appointment.objects.on_day(timezone.localdate()).values_list("status", flat=True))

    assert comes_alive()
    assert today[S.FULFILLED] >= 3
    assert 1 <= today[S.ARRIVED] <= 6
    assert today[S.BOOKED] >= 8


def test_the_patient_who_is_here_has_no_record_yet():
    here = Appointment.objects.get(status=S.ARRIVED, practitioner__user__email="physician@demo.example")

    assert not Procedure.objects.filter(appointment=here).exists()
    assert here.patient.appointments.filter(status=S.FULFILLED, visit_type__slug="consultation").exists()


def test_the_demo_patient_was_treated_yesterday_and_may_not_lift_yet(ana):
    plan = CarePlan.objects.get(patient=ana)
    sent = Counter(ana.messages.filter(key__startswith="procedure:").values_list("status", flat=True))

    assert (ana.given_name, ana.contacts.get(system=ContactSystem.EMAIL).value) == ("Ana", "patient@demo.example")
    assert timezone.localdate(plan.starts_at) == timezone.localdate() - timedelta(days=1)
    assert not plan.may_lift(at=timezone.now())
    assert plan.referral.appointment is None
    assert set(sent) == {MessageStatus.ACCEPTED, MessageStatus.WAITING}
    assert [visit.visit_type.slug for visit in ana.appointments.all()] == ["consultation", "ultrasound-guided-block"]


def test_one_was_signed_an_hour_ago_and_only_its_first_advice_is_due():
    signed = Procedure.objects.get(signed_at=timezone.now() - timedelta(hours=1))

    assert due_keys() == [["no-heavy-lifting", "at-once"]]
    assert Message.objects.due(at=timezone.now()).get().patient == signed.patient


def test_one_is_late_for_physiotherapy_and_the_desk_is_to_call():
    eight_days_ago = timezone.localdate() - timedelta(days=8)
    late = ServiceRequest.objects.unbooked().filter(due_on__lt=timezone.localdate())
    items = WorkItem.objects.due(at=timezone.now()).filter(kind=WorkItemKind.PHYSIOTHERAPY_LATE)

    assert signed_on(eight_days_ago).filter(care_plan__referral__in=late).exists()
    assert {item.patient_id for item in items} == {referral.patient_id for referral in late}


def test_the_desk_finds_a_message_in_every_state():
    assert set(Message.objects.values_list("status", flat=True)) == set(MessageStatus.values)


@pytest.mark.parametrize("status", ["dead", "expired", "unknown"])
def test_a_message_that_failed_has_its_tries_and_a_work_item(status):
    message = Message.objects.get(status=status)

    assert [attempt.result for attempt in message.attempts.all()][-1] == status
    assert WorkItem.objects.get(message=message).status == WorkItemStatus.REQUESTED


def test_what_was_sent_has_an_attempt():
    tried = MessageAttempt.objects.filter(result=MessageStatus.ACCEPTED).values("message")
    sent = Message.objects.filter(status__in=[MessageStatus.ACCEPTED, MessageStatus.DELIVERED])

    assert list(sent.exclude(pk__in=tried)) == []
    assert sent.count() > 300


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
    keys = WorkItem.objects.filter(kind=WorkItemKind.PHYSIOTHERAPY_LATE).values_list("key", flat=True)
    signed = Procedure.objects.values_list("pk", flat=True)

    assert set(keys) == {f"procedure:{pk}:physiotherapy-late" for pk in signed}


def test_nothing_happened_after_now():
    now = timezone.now()

    assert not Procedure.objects.filter(signed_at__gt=now).exists()
    assert not Message.objects.filter(created_at__gt=now).exists()
    assert not Appointment.objects.filter(created_at__gt=now).exists()
    assert not MessageAttempt.objects.filter(at__gt=now).exists()


def test_a_long_past_adds_patients_and_visits_that_overlap_nowhere():
    told = []

    scale.scale_up(3, Moment(timezone.now()), told.append)

    archived = Appointment.objects.filter(practitioner__is_active=False)
    visits = holding_time()
    assert [line.partition(", 1,200 visits")[0] for line in told] == ["800 of 800 patients"]
    assert archived.count() == 1200
    assert archived.values("patient").distinct().count() == 800
    assert archived.latest("starts_at").starts_at < timezone.now() - timedelta(days=90)
    assert [overlaps(visits, resource) for resource in RESOURCES] == [[], [], [], []]
    assert not Patient.objects.filter(contacts=None).exists()
    assert (Practitioner.objects.active().count(), Room.objects.filter(is_active=True).count()) == (6, 5)


def test_a_second_run_is_refused():
    before = Appointment.objects.count()

    with pytest.raises(CommandError, match="There are patients in this database already"):
        seed()

    assert Appointment.objects.count() == before


def test_a_second_run_if_empty_says_nothing_and_does_nothing():
    before = Appointment.objects.count()

    printed = seed(if_empty=True)

    assert (printed, Appointment.objects.count()) == ("", before)
