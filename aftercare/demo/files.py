"""What stands in the files of some of the demo's people, and somebody who has booked twice."""

from datetime import timedelta

from clinic.models import AppointmentStatus, IdentifierKind, Patient, Sex
from clinic.people import corrections, registration, same_person
from clinic.people.corrections import Why
from clinic.people.registration import Newcomer

HERE = {"sex": Sex.FEMALE, "must_know": "Deaf in the left ear: sit on her right side.", "kin": "Tomas, the son"}
HERE |= {"kin_phone": "+370 699 00002", "address": "3 Willow Lane\nVilnius", "insurer": "State insurance"}
LATE = {"sex": Sex.MALE, "language": "pl", "needs_interpreter": True, "gp": "Dr Elm, Old Town practice"}
LATE |= {"identifier": (IdentifierKind.PASSPORT, "XX 0000001"), "desk_notes": "Comes by train: not before 10:00."}


def write(clinic):
    """In the words of the front desk."""
    moment, by = clinic.moment, clinic.team.desk
    for visit, said in ((clinic.stages.here, HERE), (clinic.stages.late, LATE)):
        _correct(visit.patient, said, Why(by=by, at=moment.now - timedelta(days=9)))
    _book_twice(_somebody_coming(clinic), at=moment.now - timedelta(hours=3))


def _correct(patient, said, why):
    corrections.correct(patient, said, why, seen=corrections.version(patient))


def _somebody_coming(clinic):
    """Who has a visit in the next days and is in none of the stages; None if there is nobody."""
    coming = Patient.objects.filter(
        appointments__status=AppointmentStatus.BOOKED, appointments__starts_at__gt=clinic.moment.now + timedelta(days=1)
    )
    shown = [visit.patient.pk for visit in (clinic.stages.yesterday, clinic.stages.late, clinic.stages.here)]
    return coming.exclude(pk__in=shown).filter(contacts__system="email").order_by("pk").first()


def _book_twice(patient, *, at):
    """She did not sign in, so the clinic has two entries of her now."""
    if patient:
        who = {name: getattr(patient, name) for name in ("given_name", "family_name", "birth_date", "email")}
        same_person.look(registration.register(Newcomer(**who), at=at), at=at)
