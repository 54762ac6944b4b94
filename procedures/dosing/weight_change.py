"""A weight that changed too much to be true: somebody typed it wrongly, or it is another person's."""

from datetime import timedelta
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.models import BodyMeasurement
from clinic.models.health import WEIGHT_VALID_FOR
from procedures import reasons
from procedures.models import ClinicRule
from procedures.problems import Problem

RULE = "weight-change"


def problems(procedure):
    """A Problem when the weight (kg) of a record is far from another of the 90 days around it, and nobody wrote why."""
    sentence = _sentence(procedure)
    if sentence and (asked := reasons.unanswered(sentence, procedure.weight_reason, grave=True)):
        yield Problem(asked, "record", "weight_reason")


def _sentence(procedure):
    rule = ClinicRule.objects.filter(pk=RULE).first()
    if not (rule and procedure.weight_kg and procedure.weight_on):
        return ""
    other = next((each for each in _others(procedure) if _is_far(each.weight_kg, procedure.weight_kg, rule)), None)
    if other is None:
        return ""
    days = abs((procedure.weight_on - other.measured_on).days)
    words = {"before": other.weight_kg, "day": date_format(other.measured_on, "j F Y"), "now": procedure.weight_kg}
    return _(
        "Weight %(now)s kg, but %(before)s kg on %(day)s, %(days)s days apart: is it typed right, and this patient's? "
        "Weigh again, or write why it is right. Clinic rule."
    ) % (words | {"days": days})


def _others(procedure):
    """The patient's measurements of the 90 days before and after that weight, the newest first."""
    around = (procedure.weight_on - WEIGHT_VALID_FOR, procedure.weight_on + timedelta(days=1))
    return BodyMeasurement.objects.filter(patient=procedure.patient_id, measured_on__range=around)


def _is_far(one, other, rule):
    """By how much in percent of the smaller: 90 after 60 is as far as 60 after 90."""
    return max(one, other) >= min(one, other) * (1 + Decimal(rule.value) / 100)
