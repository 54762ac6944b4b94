"""A visit on Thursday at ten, of which its patient is reminded."""

from clinic.scheduling import booking
from clinic.scheduling.wishes import Wish
from tests import factories
from tests.factories import NOW, at

THURSDAY_TEN = at("2026-03-05 10:00")


def book(clinic, starts_at=THURSDAY_TEN, *, when=NOW, **more):
    patient = more.pop("patient", None) or factories.patient()
    return booking.book(Wish(**clinic, starts_at=starts_at, by_desk=True), patient=patient, at=when, **more)
