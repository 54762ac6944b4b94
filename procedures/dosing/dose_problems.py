"""What prevents the dose of a record from being signed, and what of it needs a second physician."""

from decimal import Decimal

from django.utils.translation import gettext as _

from procedures import reasons
from procedures.dosing import record_dose
from procedures.dosing.dose_meter import DoseRefused
from procedures.problems import Problem
from procedures.second_person import SUBJECTS, Need, Subject

DOSE = "dose"
MOST_SHARE = Decimal("999.999")  # what a SecondApproval can hold


def of_record(procedure):
    """What prevents the dose of a record from being signed: one Problem per reason."""
    try:
        found = record_dose.of_record(procedure)
    except DoseRefused as refusal:
        part = "drugs" if refusal.row else "record"
        yield Problem(str(refusal), part, refusal.field, row=refusal.row)
        return
    if found.is_mixture:
        sentence = _("Two local anaesthetics in one visit: labels advise against mixing. Write why.")
        if asked := reasons.unanswered(sentence, procedure.two_anaesthetics_reason):
            yield Problem(asked, "record", "two_anaesthetics_reason")


def needs(procedure):
    """A second physician for a dose above the limits; none while no dose can be calculated."""
    try:
        found = record_dose.of_record(procedure)
    except DoseRefused:
        return []
    if not found.needs_second_person:
        return []
    # Without a signed limit the share covers only what can be calculated: the sentence and the reason say the rest.
    share = min(found.shown_total, MOST_SHARE)
    return [Need(DOSE, _over_limit(found), about=(record_dose.version_of(procedure, found),), share=share)]


SUBJECTS.register(Subject(DOSE, needs))


def _over_limit(found):
    """Why a second physician is needed."""
    if found.without_limit:
        names = ", ".join(sorted({str(row.drug) for row in found.without_limit}))
        return _(
            "No signed dose limit is in force for %(drugs)s, so nobody can tell what is too much."
            " Sign one under Dose limits, or ask a second physician for a reason."
        ) % {"drugs": names}
    return _("The dose is %(share)s times the limit. Give less, or ask a second physician for a reason.") % {
        "share": found.shown_total
    }
