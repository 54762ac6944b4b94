"""Whoever books for a child says who decides for it; nobody else is asked."""

import pytest

from clinic.forms.desk.booking import BookNewcomerForm
from clinic.forms.public.booking import NewcomerForm
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
PERSON = {"given_name": "Jonas", "family_name": "New", "email": "ona@mail.example", "phone": ""}


def online(born, **more):
    day, month, year = born.split(".")
    parts = {"birth_date_day": day, "birth_date_month": month, "birth_date_year": year}
    return NewcomerForm(PERSON | parts | more)


@pytest.mark.parametrize(("born", "is_asked"), [("2.3.2008", False), ("3.3.2008", True), ("31.2.2008", False)])
def test_guardian_is_asked_of_children_only(born, is_asked):
    form = online(born)

    assert ("guardian" in form.fields, "guardian" in form.errors) == (is_asked, is_asked)


def test_answers_name_the_guardian_and_come_back_as_they_were_typed():
    form = online("3.3.2008", guardian="Ona New")
    again = NewcomerForm.of(data=None, initial=dict(form.data))

    assert form.is_valid(), form.errors
    assert "Ona New" in [row["value"] for row in form.answers]
    assert form.newcomer(account=None).guardian == "Ona New"
    assert again["guardian"].value() == "Ona New"


def test_desk_asks_the_caller():
    form = BookNewcomerForm(PERSON | {"birth_date": "3.3.2015"})

    assert "guardian" in form.errors
    assert "guardian" not in BookNewcomerForm(PERSON | {"birth_date": "3.3.1985"}).fields
