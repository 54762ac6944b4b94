"""What the database says when somebody else was quicker."""

import pytest
from django.db import IntegrityError, OperationalError

from clinic.lib.lost_races import lost_races_raise, waited_too_long

pytestmark = pytest.mark.once


class Refused(Exception):
    pass


class FromDriver(Exception):
    def __init__(self, sqlstate):
        super().__init__()
        self.sqlstate = sqlstate


def from_database(kind, sqlstate):
    """As Django raises it: its own exception, caused by the driver's."""
    error = kind("...")
    error.__cause__ = FromDriver(sqlstate)
    return error


@pytest.mark.parametrize(
    ("kind", "sqlstate"), [(IntegrityError, "23P01"), (OperationalError, "40P01"), (OperationalError, "55P03")]
)
def test_a_lost_race_is_refused_in_the_callers_words(kind, sqlstate):
    error = from_database(kind, sqlstate)

    with pytest.raises(Refused) as refused, lost_races_raise(Refused):
        raise error

    assert refused.value.__cause__ is error


@pytest.mark.parametrize(
    "error", [from_database(IntegrityError, "23505"), IntegrityError("UNIQUE constraint failed"), ValueError("another")]
)
def test_what_is_no_lost_race_stays_what_it_is(error):
    with pytest.raises(type(error)) as raised, lost_races_raise(Refused):
        raise error

    assert raised.value is error


def test_who_waited_too_long_waited_for_a_row_and_took_no_time():
    assert waited_too_long(from_database(OperationalError, "55P03"))
    assert not waited_too_long(from_database(IntegrityError, "23P01"))
    assert not waited_too_long(OperationalError("database is locked"))
