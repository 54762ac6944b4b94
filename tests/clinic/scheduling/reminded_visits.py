"""A visit on Thursday at ten, of which its patient is reminded."""

from clinic.scheduling import booking
from tests import factories
from tests.factories import NOW, at

THURSDAY_TEN = at("2026-03-05 10:00")


def book(clinic, starts_at=THURSDAY_TEN, *, when=NOW, **more):
    patient = more.pop("patient", None) or factories.patient()
    return booking.book(**clinic, starts_at=starts_at, patient=patient, at=when, by_desk=True, **more)
