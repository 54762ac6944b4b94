"""A list of people to choose from shows no two alike."""

from datetime import date

import pytest

from clinic.models import Patient
from clinic.people import namesakes
from tests import factories

pytestmark = pytest.mark.django_db


def labels(*patients):
    return [patient.label for patient in namesakes.tell_apart(patients)]


def aged(patient, **fields):
    Patient.objects.filter(pk=patient.pk).update(**fields)
    return Patient.objects.get(pk=patient.pk)


def test_names_are_enough_where_they_differ():
    assert labels(factories.patient(), factories.patient(given_name="Ona")) == ["Rasa Example", "Ona Example"]


def test_birth_dates_part_a_mother_from_her_daughter():
    mother, daughter = factories.patient(), aged(factories.patient(), birth_date=date(2010, 5, 1))

    assert labels(mother, daughter, factories.patient(given_name="Ona")) == [
        "Rasa Example, born 29 February 1980",
        "Rasa Example, born 1 May 2010",
        "Ona Example",
    ]


def test_two_entries_of_one_person_are_parted_too():
    first = aged(factories.patient(), created_at=factories.at("2026-02-01 10:00"))
    second = aged(factories.patient(family_name="EXAMPLE"), created_at=factories.at("2026-02-02 10:00"))
    third = aged(factories.patient(), created_at=factories.at("2026-02-02 11:00"))

    assert labels(third, first, second) == [
        "Rasa Example, born 29 February 1980, with us since 2 February 2026, entry 3",
        "Rasa Example, born 29 February 1980, with us since 1 February 2026",
        "Rasa EXAMPLE, born 29 February 1980, with us since 2 February 2026, entry 2",
    ]


def test_own_entry_is_found_by_name_and_birth_date_only_among_ones_own():
    own, _strangers = factories.patient(), factories.patient()
    account = factories.account_of(own)
    same = {"given_name": "rasa", "family_name": "Éxample", "birth_date": date(1980, 2, 29)}

    assert namesakes.acted_for(account, factories.newcomer(**same)) == own
    assert namesakes.acted_for(account, factories.newcomer(**same | {"birth_date": date(1980, 2, 28)})) is None
    assert namesakes.acted_for(factories.user(), factories.newcomer(**same)) is None
    assert namesakes.acted_for(None, factories.newcomer(**same)) is None
