"""What the database itself refuses is explained in the owner's words, whoever that is."""

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError
from django.test import RequestFactory

from clinic.errors import DATABASE_REFUSALS, DatabaseRefusal, DomainError, MoveNotAllowed, from_database
from clinic.middleware import DomainErrorMiddleware
from procedures.errors import RecordSigned


class LockNotAvailable(Exception):
    sqlstate = "55P03"


class ShelfFull(DomainError):
    sentence = "There is no room on this shelf."


@pytest.fixture
def shelves():
    """An owner that is not one of the clinic's packages."""
    refusal = DatabaseRefusal("shelf", lambda exception: "shelf" in str(exception), ShelfFull)
    yield DATABASE_REFUSALS.register(refusal)
    DATABASE_REFUSALS.unregister(refusal)


def caused(exception, cause):
    exception.__cause__ = cause
    return exception


def answer_to(exception):
    middleware = DomainErrorMiddleware(lambda request: None)
    return middleware.process_exception(RequestFactory().get("/"), exception)


@pytest.mark.parametrize(
    ("exception", "error"),
    [
        (IntegrityError("sealed: a signed record is not changed"), RecordSigned),
        (caused(OperationalError("canceling statement"), LockNotAvailable()), MoveNotAllowed),
    ],
)
def test_what_the_database_refuses_is_told_in_words_of_the_clinic(exception, error):
    assert type(from_database(exception)) is error


@pytest.mark.parametrize(
    "exception",
    [
        IntegrityError("UNIQUE constraint failed"),
        OperationalError("no such table"),
        caused(IntegrityError("overlap"), LockNotAvailable()),
    ],
)
def test_what_nobody_registered_stays_an_error_of_ours(exception):
    assert (from_database(exception), answer_to(exception)) == (None, None)


def test_what_an_owner_registers_becomes_a_page_with_its_sentence(shelves):
    answer = answer_to(DatabaseError("the shelf holds three"))

    assert answer.status_code == 409
    assert "There is no room on this shelf." in answer.content.decode()
