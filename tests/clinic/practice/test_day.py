"""The day of clinicians, and the page of one visit."""

import re

import pytest
from django.urls import reverse

from clinic.models import AppointmentStatus, AuditEvent, PatientAccess, Role
from tests import factories
from tests.factories import NOW, at
from tests.web import NOT_FOUND, NOT_YOURS, refusal, words

NOTE = "Kanarienvogel"

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-02 09:20"), tick=False)]


def colleague(client, role=Role.PHYSICIAN):
    """Somebody who treats patients, signed in."""
    person = factories.colleague(role)
    client.force_login(person.user)
    return person


def visit_of(person, clock, name, status=AppointmentStatus.BOOKED, **fields):
    fields.setdefault("visit_type", factories.visit_type(role=person.role))
    return factories.appointment(
        starts_at=at(f"2026-03-02 {clock}"),
        practitioner=person,
        patient=fields.pop("patient", None) or factories.patient(given_name=name),
        status=status,
        **fields,
    )


def table_names(response):
    return re.findall(r'<th scope="row"><a href="[^"]+">(\w+)', response.content.decode())


def next_name(response):
    return re.findall(r'id="next-title"[^>]*>(\w+)', response.content.decode())


def test_day_shows_who_has_arrived_first_and_then_my_other_visits(client):
    person = colleague(client)
    visit_of(person, "09:00", "Seen", AppointmentStatus.FULFILLED)
    visit_of(person, "09:30", "Booked")
    visit_of(person, "10:00", "Arrived", AppointmentStatus.ARRIVED)
    visit_of(factories.practitioner(hours=None), "11:00", "Colleagues")

    page = client.get("/practice/")

    assert next_name(page) == ["Arrived"]
    assert table_names(page) == ["Seen", "Booked"]


@pytest.mark.parametrize(
    ("status", "clock", "expected"),
    [
        (AppointmentStatus.BOOKED, "09:30", ["Rasa"]),
        (AppointmentStatus.BOOKED, "09:00", ["Rasa"]),  # late, but the half hour has not passed
        (AppointmentStatus.BOOKED, "08:30", []),
        (AppointmentStatus.FULFILLED, "09:30", []),
        (AppointmentStatus.CANCELLED, "09:30", []),
        (AppointmentStatus.NOSHOW, "09:30", []),
    ],
)
def test_next_is_who_can_still_come(client, status, clock, expected):
    visit_of(colleague(client), clock, "Rasa", status)

    page = client.get("/practice/")

    assert next_name(page) == expected


def test_another_day_has_its_visits_and_no_next(client):
    person = colleague(client)
    visit_of(person, "09:30", "Monday")
    factories.appointment(
        starts_at=at("2026-03-03 09:30"),
        practitioner=person,
        patient=factories.patient(given_name="Tuesday"),
    )

    page = client.get("/practice/?day=2026-03-03")

    assert (next_name(page), table_names(page)) == ([], ["Tuesday"])


def test_day_without_visits_says_so(client):
    colleague(client)

    assert "No visits on this day" in words(client.get("/practice/"))


@pytest.mark.parametrize("day", ["2026-02-30", "tomorrow", "9999-12-31", "0001-01-01"])
def test_day_that_does_not_exist_is_not_found(client, day):
    colleague(client)

    assert refusal(client.get("/practice/", {"day": day})) == NOT_FOUND


@pytest.mark.parametrize("role", [None, Role.DESK, Role.MANAGER, Role.PHYSICIAN])
def test_practice_is_closed_to_those_who_do_not_treat(client, role):
    shown = visit_of(factories.practitioner(hours=None), "09:30", "Rasa")
    client.force_login(factories.user(role))

    answers = [client.get("/practice/"), client.get(reverse("practice-visit", args=[shown.pk]))]

    assert [refusal(answer) for answer in answers] == [NOT_YOURS, NOT_YOURS]
    assert AuditEvent.objects.about_patients().count() == 0


@pytest.mark.repeated_queries_allowed
def test_practice_is_closed_to_those_who_work_here_no_more(client):
    person = colleague(client)
    person.is_active = False
    person.save()

    assert client.get("/practice/")["Location"].startswith(reverse("account_request_login_code"))


def test_patient_who_was_a_practitioner_sees_no_page_of_the_practice(client):
    person = colleague(client)
    person.user.employments.update(until=NOW)
    person.user.forget_employment()
    client.force_login(person.user)
    own, others = visit_of(person, "09:30", "Own"), visit_of(person, "10:30", "Others")
    PatientAccess.objects.create(user=person.user, patient=own.patient)

    answers = [refusal(client.get(reverse("practice-visit", args=[shown.pk]))) for shown in (own, others)]

    assert answers == [NOT_YOURS, NOT_YOURS]


@pytest.mark.parametrize("status", [AppointmentStatus.PENDING, AppointmentStatus.EXPIRED])
def test_hold_has_no_page(client, status):
    hold = factories.appointment(practitioner=colleague(client), status=status, held_until=at("2026-03-02 10:00"))

    assert refusal(client.get(reverse("practice-visit", args=[hold.pk]))) == NOT_FOUND


@pytest.mark.parametrize("role", [Role.PHYSICIAN, Role.PHYSIOTHERAPIST])
def test_visit_shows_what_matters_of_its_patient(client, role):
    person = colleague(client, role)
    now = visit_of(person, "09:30", "Rasa", reason="My neck is stiff")
    factories.appointment(
        starts_at=at("2026-02-02 09:30"),
        practitioner=person,
        visit_type=factories.visit_type(name="First talk"),
        patient=now.patient,
        status=AppointmentStatus.FULFILLED,
    )
    visit_of(person, "11:00", "Somebody else", reason="Another reason")

    shown = words(client.get(reverse("practice-visit", args=[now.pk])))

    assert "Rasa Example born 29 February 1980, 46 years old" in shown
    assert "My neck is stiff" in shown
    assert "2 Feb 2026 , First talk" in shown
    assert "Another reason" not in shown


def test_birthday_counts_on_its_day(client):
    now = visit_of(colleague(client), "09:30", "Rasa")
    now.patient.birth_date = "1980-03-03"
    now.patient.save()

    assert "45 years old" in words(client.get(reverse("practice-visit", args=[now.pk])))


def test_opening_a_visit_is_noted(client):
    now = visit_of(colleague(client), "09:30", "Rasa")

    client.get(reverse("practice-visit", args=[now.pk]))

    events = AuditEvent.objects.about_patients().values_list("patient", "by", "action", "what", "address")
    assert list(events) == [(now.patient.pk, now.practitioner.user.pk, "R", "visit and its record", "127.0.0.1")]


def signed_by(person, **fields):
    factories.protocol()
    times = {"starts_at": at("2026-03-02 08:00"), "signed_at": at("2026-03-02 08:40")}
    record = factories.signed(practitioner=person, once={"note": NOTE}, **times, **fields)
    record.addenda.create(text=f"{NOTE} later", by=person.user)
    return record


def test_physiotherapist_sees_muscles_and_the_days_after_but_no_record(client):
    muscle = factories.muscle(name="calf", latin="m. gastrocnemius")
    record = signed_by(colleague(client), sites=[factories.site(muscle=muscle)])
    own = visit_of(colleague(client, Role.PHYSIOTHERAPIST), "15:00", "ignored", patient=record.patient)

    page = client.get(reverse("practice-visit", args=[own.pk]))

    shown = words(page)
    assert "Calf, left" in shown
    assert "No heavy lifting until Wednesday 4 March 2026, 08:40" in shown
    assert "Physiotherapy by Monday 9 March 2026 7 days left" in shown
    assert [secret for secret in (NOTE, "Lidocaine", "Record of this visit", "Earlier") if secret in shown] == []
    assert "/record/" not in page.content.decode()


def test_physician_sees_earlier_procedures_with_their_sites(client):
    person = colleague(client)
    record = signed_by(person)
    later = visit_of(person, "10:00", "ignored", AppointmentStatus.ARRIVED)
    later.patient = record.patient
    later.save()

    shown = words(client.get(reverse("practice-visit", args=[later.pk])))

    muscle = record.sites.get().muscle.name
    assert f"M{muscle[1:]} (m.), left , by touch, without ultrasound, needle 27 G 40 mm" in shown
    assert "Lidocaine 1 % 2 mL = 20 mg , lot A1, use before 1 January 2030" in shown
    assert "7 before, 3 after 10 minutes" in shown


def test_record_box_says_what_can_be_done(client):
    person = colleague(client)
    booked = visit_of(person, "12:00", "Booked")
    arrived = visit_of(person, "11:00", "Arrived", AppointmentStatus.ARRIVED)
    writing = factories.draft(practitioner=person, starts_at=at("2026-03-02 10:00"))
    signed = signed_by(person)

    boxes = [
        words(client.get(reverse("practice-visit", args=[pk]))).partition("Record of this visit ")[2]
        for pk in (booked.pk, arrived.pk, writing.appointment_id, signed.appointment_id)
    ]

    expected = ["The patient has not been checked in yet.", "Write the record", "draft, not signed Go on writing"]
    expected.append("signed Monday 2 March 2026, 08:40 Read the record")
    assert [box[: len(start)] for box, start in zip(boxes, expected, strict=True)] == expected


@pytest.mark.parametrize("address", ["practice", "practice-visit"])
def test_pages_ask_the_database_as_often_for_many_visits_as_for_one(client, address, django_assert_max_num_queries):
    person = colleague(client)
    patient = signed_by(person).patient

    def add(hours):
        for clock in hours:
            factories.signed(
                patient=patient,
                practitioner=person,
                starts_at=at(f"2026-03-02 0{clock}:30"),
                signed_at=at("2026-03-02 08:50"),
                sites=[factories.site(), factories.site()],
            )

    def count():
        last = patient.appointments.last()
        with django_assert_max_num_queries(100) as queries:
            client.get(reverse(address, args=[last.pk] if address == "practice-visit" else []))
        return len(queries)

    add([0])
    with_few = count()
    add([1, 2, 3, 4])

    assert count() == with_few


@pytest.mark.django_db
def test_seen_ends_a_visit_without_injections(client):
    practitioner = factories.colleague(Role.PHYSIOTHERAPIST)
    visit = factories.arrived(practitioner=practitioner, visit_type=factories.physiotherapy())
    client.force_login(practitioner.user)

    page = client.get(reverse("practice-visit", args=[visit.pk])).content.decode()
    for _ in range(2):
        client.post(reverse("practice-seen", args=[visit.pk]), {"reason": "Talked\0 only."})

    visit.refresh_from_db()
    assert ("The visit is over" in page, visit.status) == (True, "fulfilled")
    assert visit.status_changes.get().note == "Talked only."
