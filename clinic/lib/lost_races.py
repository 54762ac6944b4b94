"""What the database says when somebody else was faster. SQLite never does: it has one writer at a time."""

from contextlib import contextmanager

from django.db import IntegrityError, OperationalError

RACE_LOST = {"23P01", "40P01", "55P03"}  # exclusion violated, deadlock, lock not available


@contextmanager
def lost_races_raise(refusal):
    """The database's own errors for a lost race become the caller's exception."""
    try:
        yield
    except (IntegrityError, OperationalError) as error:
        if not is_lost_race(error):
            raise
        raise refusal from error


def is_lost_race(error):
    return getattr(error.__cause__, "sqlstate", None) in RACE_LOST


def waited_too_long(error):
    """For a row that is locked, not for something that is taken."""
    return isinstance(error, OperationalError) and is_lost_race(error)
