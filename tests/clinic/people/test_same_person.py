"""Who books twice has two entries: a person compares them before the visit, and is asked once."""

from datetime import date

import pytest

from clinic import work_kinds
from clinic.models import Patient, WorkItem
from clinic.people import merging, registration, same_person
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
BORN = date(1984, 2, 29)


def somebody(given_name="Marta", family_name="O'Neil", birth_date=BORN, **reached):
    who = {"given_name": given_name, "family_name": family_name, "birth_date": birth_date}
    return registration.register(factories.newcomer(**who | {"email": "marta@mail.example"} | reached), at=NOW)


def asked():
    items = WorkItem.objects.filter(kind=work_kinds.SAME_PERSON.code)
    return sorted((item.cause, item.occasion, item.status) for item in items)


def visit_of(patient, doctor):
    return factories.book(factories.at("2026-03-02 10:00"), patient=patient, practitioner=doctor)


def test_second_booking_of_one_person_asks_the_desk_before_the_visit(doctor):
    first, second = somebody(), somebody()

    visit = visit_of(second, doctor)
    item = WorkItem.objects.get(kind=work_kinds.SAME_PERSON.code)

    assert (item.cause, item.occasion, item.patient, item.appointment) == (second.pk, str(first.pk), second, visit)
    assert item.due_at <= visit.starts_at
    assert "same name, birth date, and e-mail or phone" in item.what_to_say
    assert [step.url for step in work_kinds.compare_the_two([item])[0]] == [
        f"/desk/patients/{first.pk}/doubles/{second.pk}/"
    ]


def test_the_same_two_are_asked_about_once(doctor):
    first, second = somebody(), somebody()

    visit_of(second, doctor)
    factories.book(factories.at("2026-03-02 11:00"), patient=first, practitioner=doctor)

    assert asked() == [(second.pk, str(first.pk), "requested")]


@pytest.mark.parametrize(
    ("who", "is_asked"),
    [
        ({"family_name": "o’neil"}, True),
        ({"given_name": "Márta"}, True),
        ({"given_name": "O'Neil", "family_name": "Marta"}, True),  # the two were mixed up
        ({"given_name": "Martta"}, True),  # a typing error, at the same address
        ({"given_name": "Martta", "email": "else@mail.example"}, False),
        ({"given_name": "Jonas"}, False),  # the twin
        ({"birth_date": date(1985, 2, 28)}, False),
        ({"email": "else@mail.example"}, True),  # a stranger may know name and birth date
    ],
)
def test_who_is_asked_about(doctor, who, is_asked):
    somebody()

    visit_of(somebody(**who), doctor)

    assert bool(asked()) == is_asked


def test_another_address_warns_of_a_stranger(doctor):
    somebody()

    visit_of(somebody(email="else@mail.example"), doctor)

    assert "it may be a stranger who knows the name" in WorkItem.objects.get(kind="same_person").what_to_say


def test_two_people_are_never_asked_about_again(doctor):
    first, second = somebody(), somebody()
    visit_of(second, doctor)

    same_person.are_two(first, second, by=factories.user(), at=NOW)
    same_person.look(first, at=NOW)

    assert asked() == [(second.pk, str(first.pk), "completed")]


def test_two_people_may_be_said_before_anybody_asks():
    first, second = somebody(), somebody()

    same_person.are_two(second, first, by=factories.user(), at=NOW)
    same_person.look(second, at=NOW)

    assert asked() == [(second.pk, str(first.pk), "completed")]


def test_merging_answers_it_and_asks_about_the_third(doctor):
    first, second, third = somebody(), somebody(), somebody()
    for patient in (second, third):
        same_person.look(patient, at=NOW)

    merging.merge(second, first, by=factories.user(), at=NOW, reason="same phone")

    assert asked() == [
        (second.pk, str(first.pk), "cancelled"),
        (third.pk, str(first.pk), "requested"),
        (third.pk, str(second.pk), "cancelled"),
    ]
    assert Patient.objects.get(pk=second.pk).merged_into == first
