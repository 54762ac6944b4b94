"""Somebody who was entered twice gets the dose twice: what entries that may be the same person were given lately."""

from dataclasses import dataclass

from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _

from clinic.models import Patient
from clinic.people import patient_search
from procedures import reasons
from procedures.dosing.given_before import Given, given_before
from procedures.problems import Problem


@dataclass(frozen=True)
class OfLookAlike:
    """What another entry of the same name and birth date, or the same document, was given; it is not in the dose."""

    patient: Patient
    given: tuple[Given, ...]


def given_to_look_alikes(patient, at, *, visit=None):
    """An OfLookAlike for each entry that may be this patient and got, or may have got, something within 24 hours."""
    for other in patient_search.same_people(patient):
        counted = tuple(each for each in given_before(other, at, visit=visit) if each.counts)
        if counted:
            yield OfLookAlike(other, counted)


def problems(procedure, *, at):
    """A Problem per look-alike that was given something, while nobody has written why it is somebody else."""
    for found in given_to_look_alikes(procedure.patient, at, visit=procedure.appointment):
        if asked := reasons.unanswered(_sentence(found), procedure.same_person_reason, grave=True):
            yield Problem(asked, "record", "same_person_reason")


def _sentence(found):
    words = {"born": date_format(found.patient.birth_date, "j F Y"), "name": found.patient}
    words["doses"] = "; ".join(
        f"{each.drug.preparation} {localize(each.drug.volume_ml)} mL ({each.why})" for each in found.given
    )
    return (
        _(
            "Another entry may be this patient: %(name)s, born %(born)s, was given %(doses)s. It is not in the "
            "dose here. If they are one, let the desk merge them; else write how you know that they are two."
        )
        % words
    )
