"""Finding a patient from what a caller says."""

from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from clinic.models import Patient
from clinic.models.patients import plain_words
from clinic.people import patient_search
from tests import factories
from tests.clinic.desk.visits import named

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return [
        named("Ona", "Kavaliauskaitė-Rimkienė", phone="+37061234567", email="ona.k@mail.example"),
        named("Onutė", "Petrauskienė", phone="+37061299999", email="onute@mail.example"),
        named("Seán", "O'Neil", phone="+447700900123", email=""),
    ]


def found(words, limit=20):
    return [patient.given_name for patient in patient_search.find_patients(words, limit=limit).patients]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("ona", ["Ona"]),
        ("ON", ["Ona", "Seán", "Onutė"]),  # O'Neil
        ("rimk ona", ["Ona"]),
        ("Ona Rimkienė", ["Ona"]),
        ("petrauskiene onute", ["Onutė"]),
        ("kavaliauskaite-rimk", ["Ona"]),
        ("oneil", ["Seán"]),
        ("o'neil sean", ["Seán"]),
        ("o’neil", ["Seán"]),
        ("utė", []),
        ("ona petr", []),
        ("o", []),
        ("", []),
        ("% _", []),
    ],
)
def test_names_in_any_order_and_without_accents(people, words, names):
    assert found(words) == names


@pytest.mark.parametrize(
    "words",
    ["27.3.1985", "27/3/1985", "27-03-1985", "27 3 1985", "27. 3. 1985", "1985-03-27", "1985 03 27", "jo 27.3.1985"],
)
def test_birth_date_in_the_usual_spellings(words):
    wanted = named("Jonas", "Born")
    named("Jonas", "Other")
    Patient.objects.filter(pk=wanted.pk).update(birth_date=date(1985, 3, 27))

    assert [p.pk for p in patient_search.find_patients(words, limit=5).patients] == [wanted.pk]


@pytest.mark.parametrize(
    "words",
    [
        *("+37061234567", "+370 612 34567", "00370 612 34567", "3706123", "861234567", "8 (612) 34 567", "061234567"),
        *("61234567", "612 34", "+370-612-34567", "ona 612 345", "8-612-34567 rimk"),
    ],
)
def test_phone_with_and_without_its_beginning(people, words):
    assert found(words) == ["Ona"]


@pytest.mark.parametrize("words", ["+447700900123", "447700", "0044 7700 900123", "+44 7700"])
def test_phone_of_another_country(people, words):
    assert found(words) == ["Seán"]


@pytest.mark.parametrize("words", ["ona.k@mail.example", "ONA.K@mail", "rimk ona.k@"])
def test_email(people, words):
    assert found(words) == ["Ona"]


@pytest.mark.parametrize("words", ["99", "31.2.1985", "ona 13.13.1985", "nobody@mail.example", "+3706 ona petr"])
def test_what_fits_nobody_finds_nobody(people, words):
    assert found(words) == []


def test_who_was_merged_into_another_is_left_out(people):
    ona, onute, _sean = people
    Patient.objects.filter(pk=ona.pk).update(merged_into=onute)

    assert found("on") == ["Seán", "Onutė"]


def test_says_when_more_fit_than_are_shown():
    for number in range(4):
        named("Jonas", f"Same{number}")

    few, all_of_them = patient_search.find_patients("jonas", limit=3), patient_search.find_patients("jonas", limit=4)

    assert ([p.family_name for p in few.patients], few.has_more) == (["Same0", "Same1", "Same2"], True)
    assert (len(all_of_them.patients), all_of_them.has_more) == (4, False)


def test_only_among_those_one_may_see(people):
    nobody = Patient.objects.visible_to(factories.user())

    assert patient_search.find_patients("on", limit=5, among=nobody).patients == []


def test_is_one_question(people, django_assert_num_queries):
    with django_assert_num_queries(1):
        patient_search.find_patients("ona 612 29.2.1980 ona.k@mail.example", limit=5)


# The searched name


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Žydrūnė Šą", ["zydrune", "sa"]),
        ("Łukasz Søren Weiß", ["lukasz", "soren", "weiss"]),
        ("Anne-Marie D'Arc", ["anne", "marie", "darc"]),
        ("Ольга Ким", ["ольга", "ким"]),
        (" - ", []),
    ],
)
def test_plain_words(name, words):
    assert plain_words(name) == words


def test_searched_name_follows_every_way_of_saving():
    made = named("Ona", "Žukė")
    (many,) = Patient.objects.bulk_create(
        [Patient(given_name="Jo", family_name="Ąžuolas", birth_date=date(1980, 1, 1))]
    )
    made.family_name = "Čepė"
    made.save()

    assert list(Patient.objects.order_by("pk").values_list("search_name", flat=True)) == [" ona cepe", " jo azuolas"]
    assert many.search_name == " jo azuolas"


def test_migration_fills_in_the_names_that_were_there(people):
    Patient.objects.update(search_name="")

    import_module("clinic.migrations.0002_patient_search").fill_in_names(apps, connection.schema_editor())

    assert found("rimk") == ["Ona"]


# Duplicates


def test_possible_duplicates_have_the_birth_date_and_a_similar_name_or_the_same_address():
    born = date(1980, 2, 29)
    same = named("Rasa", "Petrauskaitė")
    spelt = named("Raså", "Petrauskienė")
    mother = named("Ona", "Else", email="family@mail.example")
    Patient.objects.filter(pk=mother.pk).update(birth_date=date(1950, 1, 1))
    stranger = named("Zita", "Kmit")
    newcomer = factories.newcomer(
        given_name="Rasa", family_name="Petrauskaite", birth_date=born, email="Family@mail.example"
    )

    alike = patient_search.possible_duplicates(newcomer)

    assert {patient.pk for patient in alike} == {same.pk, spelt.pk, mother.pk}
    assert stranger not in alike


def test_possible_duplicates_by_phone():
    known = named("Ona", "Else", phone="+37061234567")
    Patient.objects.filter(pk=known.pk).update(birth_date=date(1950, 1, 1))

    assert patient_search.possible_duplicates(factories.newcomer(phone="+37061234567")) == [known]
    assert patient_search.possible_duplicates(factories.newcomer(phone="+37061234560")) == []
