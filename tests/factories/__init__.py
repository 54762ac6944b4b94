"""Makes the people, places and records of a small clinic. Plain functions: what you leave out gets a sensible value.

Call them as `factories.patient()`; each topic has a module of its own.
"""

from tests.factories.aftercare import care_plan, exercise, prescription, protocol
from tests.factories.basics import MONDAY, NOW, at, civil, numbers
from tests.factories.bookings import book, move
from tests.factories.catalogue import definition, dose_limit, dose_profile, muscle
from tests.factories.messages import letter, message
from tests.factories.patients import account_of, newcomer, patient, screened
from tests.factories.records import agreed, answers, draft, drug, signed, site
from tests.factories.staff import HIRED, colleague, physiotherapist, practitioner, user, work
from tests.factories.visits import appointment, arrived, machine, physiotherapy, room, visit_type

__all__ = [
    "HIRED",
    "MONDAY",
    "NOW",
    "account_of",
    "agreed",
    "answers",
    "appointment",
    "arrived",
    "at",
    "book",
    "care_plan",
    "civil",
    "colleague",
    "definition",
    "dose_limit",
    "dose_profile",
    "draft",
    "drug",
    "exercise",
    "letter",
    "machine",
    "message",
    "move",
    "muscle",
    "newcomer",
    "numbers",
    "patient",
    "physiotherapist",
    "physiotherapy",
    "practitioner",
    "prescription",
    "protocol",
    "room",
    "screened",
    "signed",
    "site",
    "user",
    "visit_type",
    "work",
]
