"""What the database says when somebody else was quicker. On SQLite there is one writer at a time, so it never does."""

from contextlib import contextmanager

from django.db import IntegrityError, OperationalError

RACE_LOST = {"23P01", "40P01", "55P03"}  # exclusion violated, deadlock, lock not available


@contextmanager
def lost_races_raise(refusal):
    """The database's own words for a lost race become the caller's exception."""
    try:
        yield
    except (IntegrityError, OperationalError) as error:
        if not is_lost_race(error):
            raise
        raise refusal from error


def is_lost_race(error):
    return getattr(error.__cause__, "sqlstate", None) in RACE_LOST


def waited_too_long(error):
    """For a row that another holds, not for what another has taken."""
    return isinstance(error, OperationalError) and is_lost_race(error)
