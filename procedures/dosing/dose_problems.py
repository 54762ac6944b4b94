"""What prevents the dose of a record from being signed."""

from django.urls import reverse
from django.utils.translation import gettext as _

from procedures import reasons
from procedures.dosing import record_dose, second_person
from procedures.dosing.dose_meter import DoseRefused
from procedures.problems import Problem


def of_record(procedure, *, by=None):
    """What prevents `by` from signing the dose of a record: one Problem per reason."""
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
    if found.needs_second_person and not second_person.standing_overrides(procedure, found, by=by).exists():
        url = reverse("practice-record-second-person", args=[procedure.appointment_id])
        yield Problem(_over_limit(found), "record", url=url)


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
