"""What went wrong in earlier visits: a warning in each later one, for as long as the clinic's rows say."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from procedures import reasons
from procedures.models import Complication, ComplicationAdvice, ComplicationKind, Procedure
from procedures.problems import Problem

A_MONTH = timedelta(days=31)
# Answered in words before the next signature, even where a clinic has no row about them.
GRAVE = {ComplicationKind.BREATHING, ComplicationKind.ALLERGY, ComplicationKind.TOXICITY, ComplicationKind.NEEDLE}


@dataclass(frozen=True)
class Earlier:
    """One complication of an earlier visit. `advice` is the clinic's row about its kind, or None."""

    on: date
    complication: Complication
    advice: ComplicationAdvice | None

    @property
    def is_grave(self):
        return self.advice.is_grave if self.advice else self.complication.kind in GRAVE

    @property
    def sentence(self):
        says = _("%(day)s, %(what)s: “%(done)s” %(advice)s")
        return says % {
            "day": date_format(self.on, "j F Y"),
            "what": self.complication.get_kind_display(),
            "done": self.complication.what_was_done,
            "advice": self.advice.next_visit_advice if self.advice else _("Read what happened before you begin."),
        }

    def warns(self, on):
        months = self.advice.warns_months if self.advice else None
        return months is None or on - self.on <= months * A_MONTH


def of_patient(patient, *, on, but=None):
    """An Earlier for each complication of the patient's that still warns on the civil day `on`, the newest first.

    Records that are void count if this patient was injected. `but` is the current visit, which is left out.
    """
    records = Procedure.objects.injected_into(patient).filter(performed_on__lte=on)
    records = records.exclude(appointment=but) if but else records
    found = Complication.objects.filter(procedure__in=records).select_related("procedure")
    found = list(found.order_by("-procedure__performed_on", "-pk"))
    advice = ComplicationAdvice.objects.in_bulk({each.kind for each in found}) if found else {}
    earlier = [Earlier(each.procedure.performed_on, each, advice.get(each.kind)) for each in found]
    return [each for each in earlier if each.warns(on)]


def problems(procedure):
    """A grave one is answered in words before the record is signed."""
    for each in of_patient(procedure.patient, on=procedure.performed_on, but=procedure.appointment):
        if not each.is_grave:
            continue
        sentence = _("An earlier visit: %(what)s Write what you do about it.") % {"what": each.sentence}
        if asked := reasons.unanswered(sentence, procedure.earlier_complications_reason, grave=True):
            yield Problem(asked, "record", "earlier_complications_reason")
