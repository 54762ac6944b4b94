"""Two entries that are one person are merged at the desk."""

import pytest

from clinic.models import AppointmentStatus, AuditAction, AuditEvent, Patient, Role, WorkItem
from clinic.people import same_person
from tests import factories
from tests.clinic.desk.visits import a_visit, named
from tests.factories import at
from tests.web import NOT_FOUND, as_, queries_of, refusal, text

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(at("2026-03-02 12:00"), tick=False)]
REASON = {"reason": "Asked on the phone"}


@pytest.fixture
def duplicate():
    return named("Ona", "Petrauskiene", email="ona@mail.example")


def address_of(patient, other=None):
    return f"/desk/patients/{patient.pk}/doubles/" + (f"{other.pk}/" if other else "")


def test_those_who_look_alike_are_offered(page, ona, duplicate):
    named("Zita", "Kmit")

    answer = page.get(address_of(ona))

    assert answer.context["found"].patients == [duplicate]
    assert f'href="{address_of(ona, duplicate)}"' in answer.content.decode()


def test_somebody_else_can_be_searched_for_but_not_the_same_entry(page, ona, duplicate):
    zita = named("Zita", "Kmit")

    assert page.get(address_of(ona), {"q": "zita"}).context["found"].patients == [zita]
    assert page.get(address_of(ona), {"q": "petrausk"}).context["found"].patients == [duplicate]


def test_both_stand_side_by_side(page, ona, duplicate):
    a_visit(patient=duplicate)

    content = text(page.get(address_of(ona, duplicate)))

    for words in ["Ona Petrauskienė", "Ona Petrauskiene", "+370 612 34567", "ona@mail.example", "0 visits", "1 visit,"]:
        assert words in content
    assert f'href="{address_of(duplicate, ona)}"' in content


def test_merges_the_second_into_the_first(page, desk, ona, duplicate):
    booked = a_visit(patient=duplicate)

    answer = page.post(address_of(ona, duplicate), REASON, follow=True)

    booked.refresh_from_db()
    duplicate.refresh_from_db()
    assert (booked.patient, duplicate.merged_into) == (ona, ona)
    assert answer.redirect_chain == [(f"/desk/patients/{ona.pk}/access/", 302)]  # of the address that is not used
    assert "The two entries of Ona Petrauskienė are one now." in text(answer)
    changes = AuditEvent.objects.filter(action=AuditAction.UPDATE, by=desk, what__contains="Asked on the phone")
    assert {event.patient for event in changes} == {ona, duplicate}


def test_needs_a_reason(page, ona, duplicate):
    assert "Write how you know it" in text(page.post(address_of(ona, duplicate), {"reason": " "}))
    assert Patient.objects.exclude(merged_into=None).count() == 0


def test_a_refusal_says_why_and_keeps_the_reason(page, ona, duplicate):
    for patient in (ona, duplicate):
        a_visit(patient=patient, status=AppointmentStatus.BOOKED)

    answer = page.post(address_of(ona, duplicate), REASON)

    assert answer.status_code == 409
    assert "Both have a visit on Mon 2 Mar 2026, 15:00" in text(answer)
    assert "Asked on the phone" in text(answer)


def test_an_entry_that_was_merged_is_not_merged_again(page, ona, duplicate):
    page.post(address_of(ona, duplicate), REASON)

    for path in (address_of(duplicate), address_of(duplicate, ona), address_of(ona, duplicate), address_of(ona, ona)):
        assert refusal(page.get(path)) == NOT_FOUND
    assert Patient.objects.get(pk=ona.pk).merged_into is None


def test_looking_is_audited_and_changes_nothing(page, desk, ona, duplicate):
    page.get(address_of(ona, duplicate), REASON)

    assert sorted(AuditEvent.objects.about_patients().values_list("patient", "action")) == [
        (ona.pk, "R"),
        (duplicate.pk, "R"),
    ]
    assert Patient.objects.exclude(merged_into=None).count() == 0


def test_asks_as_often_for_many_duplicates_as_for_one(page, ona, duplicate):
    once = queries_of(page, address_of(ona))
    named("Ona", "Petrauskė")
    named("Onutė", "Petrauskienė")

    assert queries_of(page, address_of(ona)) == once


@pytest.mark.parametrize("role", [None, Role.PHYSICIAN, Role.PHYSIOTHERAPIST, Role.MANAGER])
def test_merging_is_for_the_desk(role, ona, duplicate):
    client = as_(factories.user(role))

    answers = [
        client.get(address_of(ona)),
        client.get(address_of(ona, duplicate)),
        client.post(address_of(ona, duplicate), REASON),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert Patient.objects.exclude(merged_into=None).count() == 0


def test_two_people_end_the_question(page, ona, duplicate):
    same_person.look(duplicate, at=at("2026-03-02 11:00"))
    assert f'formaction="{address_of(ona, duplicate)}two/"' in text(page.get(address_of(ona, duplicate)))

    answer = page.post(address_of(ona, duplicate) + "two/", follow=True)

    assert "Noted: they are two people." in text(answer)
    assert list(WorkItem.objects.values_list("kind", "status")) == [("same_person", "completed")]
    assert Patient.objects.filter(merged_into=None).count() == 2


def test_work_item_leads_to_both_side_by_side(page, ona, duplicate):
    same_person.look(duplicate, at=at("2026-03-02 11:00"))

    assert f'href="{address_of(ona, duplicate)}"' in text(page.get("/desk/work/"))
