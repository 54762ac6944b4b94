"""All that is known about a patient, held against one record: what has to be answered in words before it is signed."""

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.lib import civil_time
from clinic.models import AlertKind
from procedures import reasons
from procedures.models import AllergySeverity, DrugAdministration, DrugKind, IngredientKind, InjectionSite
from procedures.problems import Problem
from procedures.screening import alerts, allergies, lower_limits, warnings
from procedures.screening.warnings import PatientWarning
from procedures.second_person import SUBJECTS, Need, Subject

ALLERGY = "allergy"


def problems(procedure):
    """A Problem for each warning that the reason does not answer."""
    for warning in of_record(procedure):
        if asked := reasons.unanswered(warning.sentence, procedure.alerts_reason, grave=warning.is_grave):
            yield Problem(asked, "record", "alerts_reason")


def of_record(procedure):
    """Each PatientWarning of a record, whether it is answered or not."""
    known = _alerts_of(procedure.appointment)
    drugs = list(_drugs_of(procedure))
    coded = allergies.of_record(procedure, at=timezone.now())
    # Words without a substance are answered as before; once a person has coded them, by what they name.
    shown = [alert for alert in known if not (coded and alert.kind == AlertKind.ALLERGY and alert.is_present)]
    sites = InjectionSite.objects.filter(procedure=procedure.pk).select_related("muscle")
    yield from _of_allergies(known, coded, drugs)
    yield from warnings.raised_by(shown, sites=sites, drugs=drugs)
    yield from _of_limits(procedure, known, drugs)


def _needs(procedure):
    """What no physician may give alone: two have to want it."""
    for match in severe_allergies(procedure):
        about = (match.substance, match.product, str(match.severity))
        yield Need(ALLERGY, _sentence(match), about=about)


def severe_allergies(procedure):
    """The Matches that are severe, or of which nobody knows how bad it was."""
    coded = allergies.of_record(procedure, at=timezone.now())
    found = _matches(_alerts_of(procedure.appointment), coded, _drugs_of(procedure))
    return [match for match in found if match.may_be_severe]


def proposed_limits(appointment):
    """LowerLimits for the patient of a visit, None when nothing speaks for it."""
    age = lower_limits.age_on(appointment.patient.birth_date, appointment.on)
    return lower_limits.proposed(_alerts_of(appointment), age=age)


def _age(procedure):
    return lower_limits.age_on(procedure.patient.birth_date, procedure.performed_on)


def _alerts_of(appointment):
    until = civil_time.whole_day(appointment.on)[1]
    return alerts.alerts_of(appointment.patient, at=appointment.starts_at, noted_until=until)


def _drugs_of(procedure):
    drugs = DrugAdministration.objects.filter(procedure=procedure.pk).select_related("preparation__drug")
    return drugs.prefetch_related("preparation__ingredients")


def _matches(known, coded, drugs):
    words = " ".join(alert.detail for alert in known if alert.kind == AlertKind.ALLERGY and alert.is_present)
    return allergies.matches(coded, words, [drug.preparation for drug in drugs])


def _of_allergies(known, coded, drugs):
    for match in _matches(known, coded, drugs):
        yield PatientWarning(_sentence(match), is_grave=True)
    for allergy in coded:
        if allergy.ingredient and allergy.ingredient.kind == IngredientKind.CONTACT:
            sentence = _("Allergy to %(substance)s, which may touch the skin: write what you used instead.")
            yield PatientWarning(
                sentence % {"substance": allergy.substance}, is_grave=allergy.severity == AllergySeverity.SEVERE
            )


def _sentence(match):
    sentence = _("Allergy to %(substance)s (%(severity)s), and %(product)s is given: %(why)s.")
    words = {"substance": match.substance, "severity": match.severity_label, "product": match.product}
    return sentence % (words | {"why": match.why})


def _of_limits(procedure, known, drugs):
    """Limits that are usually lowered for this patient, and are not: lowering them is the answer, or a reason."""
    if not any(drug.preparation.drug.kind == DrugKind.LOCAL_ANAESTHETIC for drug in drugs):
        return
    proposal = lower_limits.proposed(known, age=_age(procedure))
    if proposal and procedure.dose_cut_percent < proposal.percent:
        sentence = _(
            "Limits are usually lowered by %(percent)s %% here (%(because)s), and were lowered by %(cut)s %%. "
            "Lower them, or write why not. CMAJ 2022; Metodebok 2023; UK label."
        )
        because = ", ".join(proposal.because)
        numbers = {"percent": proposal.percent, "because": because, "cut": procedure.dose_cut_percent}
        yield PatientWarning(sentence % numbers)


SUBJECTS.register(Subject(ALLERGY, _needs))
