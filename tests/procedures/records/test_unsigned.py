"""A record that nobody signs does not go unnoticed."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from clinic.models import AppointmentStatus, Role, WorkItem, WorkItemStatus
from clinic.operations import chores
from procedures.records import signing, unsigned, voiding
from procedures.records.voiding import Said
from procedures.work_kinds import RECORD_UNSIGNED
from tests import factories

pytestmark = pytest.mark.django_db

ENDED = factories.at("2026-03-02 10:30")
DAY_AFTER = ENDED + timedelta(hours=24)


def chased(*, at=DAY_AFTER):
    unsigned.open_overdue_items(at=at)
    items = WorkItem.objects.requested().filter(kind=RECORD_UNSIGNED.code)
    return list(items.values_list("appointment", flat=True))


def for_injections(**more):
    visit = factories.arrived(**more)
    factories.definition(visit_type=visit.visit_type)
    return visit


def test_draft_is_chased_a_day_after_the_visit_once_and_not_before():
    draft = factories.draft()

    assert chased(at=DAY_AFTER - timedelta(seconds=1)) == []
    assert [chased(), chased(), chased(at=DAY_AFTER + timedelta(days=90))] == [[draft.appointment_id]] * 3
    assert WorkItem.objects.filter(kind=RECORD_UNSIGNED.code).count() == 1


def test_signing_ends_it():
    factories.protocol()
    draft = factories.draft()
    chased()

    signing.sign(draft, by=factories.user(), at=DAY_AFTER)

    item = WorkItem.objects.get(kind=RECORD_UNSIGNED.code)
    assert (item.status, item.ended_at, chased()) == (WorkItemStatus.CANCELLED, DAY_AFTER, [])


@pytest.mark.parametrize("status", [AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED])
def test_visit_for_injections_without_any_record_is_chased(status):
    visit = for_injections()
    visit.status = status
    visit.save()

    assert chased() == [visit.pk]


def test_visit_that_ended_for_a_reason_or_is_for_something_else_is_not_chased():
    signing.end_without_record(for_injections(), by=factories.user(), reason="Felt unwell, came back later.")
    factories.arrived(starts_at=factories.at("2026-03-02 09:00"))
    later = for_injections(starts_at=factories.at("2026-03-02 08:00"))
    later.status = AppointmentStatus.NOSHOW
    later.save()

    assert chased() == []


def test_reason_said_afterwards_ends_it():
    visit = for_injections()
    assert chased() == [visit.pk]

    signing.end_without_record(visit, by=factories.user(), reason="Nothing was injected.")

    assert chased() == []


def test_voided_record_without_a_new_one_is_chased_again():
    factories.protocol()
    one, other = factories.user(), factories.user()
    record = factories.signed(signed_at=ENDED, by=one)
    assert chased() == []

    voiding.agree(voiding.ask(record, Said("Wrong muscle.", "otherwise"), by=one, at=ENDED), by=other, at=ENDED)
    assert chased() == [record.appointment_id]

    signing.sign(factories.draft(record.appointment), by=one, at=DAY_AFTER)
    assert chased() == []


def test_desk_sees_name_and_phone_and_nothing_of_the_record(client):
    visit = for_injections(patient=factories.patient(phone="+37061234567"))
    factories.draft(visit, once={"note": "Kanarienvogel"})
    chased()
    client.force_login(factories.user(Role.DESK))

    page = client.get(reverse("desk-work")).content.decode()

    assert (str(visit.patient) in page, "612 34567" in page) == (True, True)
    assert ("Kanarienvogel" in page, "muscle" in page, "Lidocaine" in page) == (False, False, False)


def test_physician_finds_it_under_waiting_for_you():
    person = factories.colleague()
    draft = factories.draft(factories.arrived(practitioner=person))
    chased()
    client = Client()
    client.force_login(person.user)

    page = client.get(reverse("practice")).content.decode()

    assert reverse("practice-record", args=[draft.appointment_id]) in page


def test_it_is_a_chore(time_machine):
    draft = factories.draft()
    time_machine.move_to(DAY_AFTER, tick=False)

    chores.run_all_due()

    assert WorkItem.objects.get(kind=RECORD_UNSIGNED.code).appointment == draft.appointment
