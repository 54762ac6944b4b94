"""The facts of one demo clinic, seeded on a Wednesday morning."""

from collections import Counter
from datetime import timedelta

import phonenumbers
import pytest
from django.core.management import CommandError
from django.utils import timezone

from aftercare.demo import scale
from aftercare.demo.moments import Moment
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
    WorkItemStatus,
)
from clinic.scheduling import availability
from clinic.scheduling.wishes import Search
from clinic.views.system.demo import DEMO_ROLES
from procedures.models import Procedure
from tests.aftercare.demo.seeded_clinic import (
    RESOURCES,
    comes_alive,
    holding_time,
    outside_hours,
    overlaps,
    seed,
    without_skill_or_machine,
)

pytestmark = [pytest.mark.xdist_group("seeded clinic"), pytest.mark.django_db, pytest.mark.usefixtures("clinic")]
S = AppointmentStatus


@pytest.fixture(scope="module")
def visits():
    return holding_time()


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
    assert [user.email for user in User.objects.all() if user.is_staff] == ["manager@demo.example"]
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
