"""The people who work here. Everybody works from 09:00 to 17:00, from Monday to Friday, unless told otherwise."""

from datetime import UTC, date, datetime, time

from clinic.models import CredentialKind, Practitioner, PractitionerRole, Role, User
from tests.factories.basics import numbers

WORKING_DAYS = range(5)
HIRED = datetime(2020, 1, 1, tzinfo=UTC)


def practitioner(*, role=PractitionerRole.PHYSICIAN, hours=("09:00", "17:00"), days=WORKING_DAYS, ultrasound=False):
    """Somebody who works `hours` on `days` (0 is Monday; `hours=None`: never), with a credential if `ultrasound`."""
    person = Practitioner.objects.create(name=f"Dr {next(numbers)}", role=role)
    if hours is not None:
        for day in days:
            work(person, day, *hours)
    if ultrasound:
        person.credentials.create(kind=CredentialKind.ULTRASOUND, valid_from=date(2020, 1, 1))
    return person


def work(person, weekday, starts, ends, **valid):
    return person.working_hours.create(
        weekday=weekday, starts=time.fromisoformat(starts), ends=time.fromisoformat(ends), **valid
    )


def physiotherapist(**more):
    return practitioner(role=PractitionerRole.PHYSIOTHERAPIST, **more)


def user(role=None, **fields):
    """An account; with a role it is that of somebody who has long worked here in it."""
    fields.pop("is_staff", None)  # who manages may open the catalogue without it
    account = User.objects.create_user(fields.pop("email", f"person{next(numbers)}@mail.example"), **fields)
    if role:
        account.employments.create(role=role, since=HIRED)
    return account


def colleague(role=Role.PHYSICIAN, **account):
    """Somebody who treats patients, with an account of their own."""
    person = practitioner(role=role, hours=None)
    person.user = user(role, **account)
    person.save()
    return person
