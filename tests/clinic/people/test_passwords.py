"""A new password is none that others try first."""

import time

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from clinic.models import User

RASA = User(email="r.kazlauskiene@clinic.example", name="Rasa Kazlauskienė")
OWN_NAME = "Your name is in it. Others would try that first. Take other words."
GUESSED = "This is guessed too quickly. Take four words that have nothing to do with each other."


def refusals(password, user=RASA):
    try:
        validate_password(password, user)
    except ValidationError as error:
        return error.messages
    return []


@pytest.mark.parametrize(
    "password",
    [
        "four words put together",
        "quite another four words",
        "calm-warm-plain",
        "x7Qp-2mVz-88tk",
        "žalias stalas bėga lėtai",
        "雨が降る夜の図書館の匂い",
        "a" * 5 + "correct horse battery staple" * 40,
    ],
)
def test_a_good_password_is_taken(password):
    assert refusals(password) == []


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "P@ssw0rd1234!",
        "qwertyuiop[]",
        "iloveyouforever",
        "Summer2026!!!",
        "123456789012",
        "aaaaaaaaaaaaaaaa",
        "abcabcabcabcabc",
        "lindenpainclinic",
        "Linden-Clinic-2026",
    ],
)
def test_one_from_stolen_lists_or_made_of_their_parts_is_refused(password):
    assert GUESSED in refusals(password)


@pytest.mark.parametrize(
    "password",
    [
        "my rasa walks over there",
        "blue Kazlauskiene table 9",
        "KAZLAUSKIENĖ up the hill",
        "table-k.a.z.l.a.u.s.k.i.e.n.e-9",
        "overthekazlauskienehills",
    ],
)
def test_the_own_name_is_refused_however_it_is_written(password):
    assert OWN_NAME in refusals(password)


@pytest.mark.parametrize(("name", "is_refused"), [("Ona", False), ("Jo Li", False), ("Monac", True)])
def test_a_short_name_inside_another_word_is_no_name(name, is_refused):
    taken = refusals("seven monacopurple lanterns", User(email="x@clinic.example", name=name))

    assert (taken == [OWN_NAME]) is is_refused


def test_a_short_name_as_a_word_is_refused():
    assert refusals("seven purple ona lanterns", User(email="x@clinic.example", name="Ona")) == [OWN_NAME]


def test_without_an_account_the_rest_is_still_looked_at():
    assert GUESSED in refusals("password1234", user=None)


@pytest.mark.parametrize("password", ["a" * 100_000, "qwerty123" * 5_000, "1a2b3c4d5e" * 5_000, "P@$$w0rd" * 9_000])
def test_nobody_keeps_the_clinic_busy_with_a_long_one(password):
    began = time.process_time()

    refusals(password)

    assert time.process_time() - began < 3
