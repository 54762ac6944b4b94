"""By how much the limits of local anaesthetics are usually lowered for a patient, and why: a proposal, never a rule."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic.models import AlertKind
from procedures.models import ClinicRule

ONE, SEVERAL, PREGNANCY = "lower-limits-one", "lower-limits-several", "lower-limits-pregnancy"
OLD, YOUNG = "old-age", "young-age"
ILLNESSES = (AlertKind.HEART, AlertKind.LIVER, AlertKind.KIDNEY)


@dataclass(frozen=True)
class LowerLimits:
    """`percent` as `Procedure.dose_cut_percent`; `because` in words."""

    percent: int
    because: tuple


def age_on(birth_date, on):
    """Whole years on the civil day `on`."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def proposed(alerts, *, age):
    """LowerLimits for these dangers (`alerts.alerts_of`) and this age in years, None when nothing speaks for it.

    The numbers are the clinic's rules with their sources (CMAJ 2022;194:E1288; Metodebok Norway 2023; UK lidocaine
    label); a rule that the clinic has not loaded proposes nothing.
    """
    rules = {rule.pk: rule.value for rule in ClinicRule.objects.filter(pk__in=[ONE, SEVERAL, PREGNANCY, OLD, YOUNG])}
    present = {alert.kind: alert for alert in alerts if alert.is_present}
    because = [str(present[kind].label).lower() for kind in ILLNESSES if kind in present]
    if age >= rules.get(OLD, 1000) or age < rules.get(YOUNG, 0):
        because.append(_("%(age)s years old") % {"age": age})
    percents = [rules.get(ONE if len(because) == 1 else SEVERAL, 0)] if because else []
    if AlertKind.PREGNANCY in present:
        because.append(str(present[AlertKind.PREGNANCY].label).lower())
        percents.append(rules.get(PREGNANCY, 0))
    percent = max(percents, default=0)
    return LowerLimits(percent, tuple(because)) if percent else None
