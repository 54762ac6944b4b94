"""What each danger of a patient means for the sites and drugs of a record.

Each sentence ends with its source. A physician answers in words; what nobody may answer alone says `record_warnings`.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic.models import AlertKind
from procedures.models import DrugKind, IngredientKind

SULPHITES = ("sulphite", "sulfite")
PARABENS = ("paraben",)
ESTERS = {"procaine"}
BLEEDING = {"ketorolac", "diclofenac"}


@dataclass(frozen=True)
class PatientWarning:
    """A sentence to be answered in words; `is_grave` where a life may hang on the answer."""

    sentence: str
    is_grave: bool = False


def raised_by(alerts, *, sites, drugs):
    """Yield a PatientWarning for each danger that this record has to answer; allergies that are coded are not here.

    `alerts` as `alerts.alerts_of` gives them, `sites` and `drugs` the rows of the record with their muscles and
    preparations.
    """
    present = {alert.kind: alert for alert in alerts if alert.is_present}
    sites, drugs = list(sites), list(drugs)
    for kind, look in LOOKS.items():
        if kind in present:
            yield from look(present[kind], sites, drugs)
    if unknown := [str(alert.label).lower() for alert in alerts if alert.is_unknown]:
        yield PatientWarning(
            _("Not known: %(dangers)s. Ask the patient, or write why you went on.") % {"dangers": ", ".join(unknown)}
        )


def _allergy(alert, sites, drugs):
    sentence = _("Allergy%(detail)s: write why these products are safe. Ask about product, preservative and sulphite.")
    yield PatientWarning(sentence % {"detail": _detail(alert)} + _(" Perm J 2002."), is_grave=True)
    for name in _products(drugs, lambda each: _has(each, SULPHITES + PARABENS)):
        sentence = _("%(product)s contains sulphite or paraben, and the patient has an allergy. Perm J 2002.")
        yield PatientWarning(sentence % {"product": name}, is_grave=True)
    for name in _products(drugs, lambda each: each.drug_id in ESTERS):
        sentence = _("%(product)s is an ester: reactions are more frequent than with amides. Perm J 2002.")
        yield PatientWarning(sentence % {"product": name}, is_grave=True)


def _blood_thinner(alert, sites, drugs):
    yield PatientWarning(
        _(
            "Blood thinner%(detail)s: a low-risk procedure, but more risk at deep sites that cannot be compressed. "
            "ASRA 2018, SIR 2019."
        )
        % {"detail": _detail(alert)}
    )
    yield from _deep_sites(sites, _("Blood thinner, and a site that pressing does not reach: %(muscles)s. ASRA 2018."))
    for name in _products(drugs, lambda each: each.drug_id in BLEEDING):
        sentence = _("%(product)s together with a blood thinner: barred where bleeding is feared. US label.")
        yield PatientWarning(sentence % {"product": name}, is_grave=True)


def _bleeding(alert, sites, drugs):
    sentence = _("Bleeds for long%(detail)s: a bleeding disorder is listed as a contraindication. StatPearls 30608.")
    yield PatientWarning(sentence % {"detail": _detail(alert)}, is_grave=True)
    yield from _deep_sites(
        sites, _("Bleeds for long, and a site that pressing does not reach: %(muscles)s. ASRA 2018.")
    )


def _deep_sites(sites, sentence):
    if muscles := dict.fromkeys(site.muscle.clinical_name for site in sites if site.muscle.is_hard_to_press):
        yield PatientWarning(sentence % {"muscles": ", ".join(muscles)}, is_grave=True)


def _infection(alert, sites, drugs):
    sentence = _(
        "Fever or infection%(detail)s, told %(days)s days ago: a contraindication. Write how the patient is today, "
        "or do it on another day. StatPearls 30608; Robbins 2014."
    )
    yield PatientWarning(sentence % {"detail": _detail(alert), "days": alert.days_ago}, is_grave=True)


def _pregnancy(alert, sites, drugs):
    yield PatientWarning(
        _("Pregnancy or breastfeeding: caution, and about a third less local anaesthetic. Robbins 2014, UK label.")
    )


def _fainting(alert, sites, drugs):
    yield PatientWarning(
        _("Has fainted with needles: inject with the patient lying down. Am Fam Physician 2002;65:653.")
    )


def _lung_disease(alert, sites, drugs):
    for name in dict.fromkeys(site.muscle.name for site in sites if site.muscle.has_lung_risk):
        sentence = _("Lung disease, and a needle near the lung: %(muscle)s. Cureus e95679.")
        yield PatientWarning(sentence % {"muscle": name}, is_grave=True)
    for name in _products(drugs, lambda each: _has(each, SULPHITES) or each.has_adrenaline):
        sentence = _("Lung disease: %(product)s contains sulphite; its label warns in asthma.")
        yield PatientWarning(sentence % {"product": name}, is_grave=True)


def _diabetes(alert, sites, drugs):
    for name in _products(drugs, lambda each: each.drug.kind == DrugKind.STEROID):
        sentence = _("Diabetes and a steroid: %(product)s. Blood sugar may rise for two days. PMC7214140.")
        yield PatientWarning(sentence % {"product": name})


def _heart(alert, sites, drugs):
    if _products(drugs, _is_anaesthetic):
        sentence = _(
            "Heart illness%(detail)s: a heart block without a pacemaker is a contraindication of lidocaine by one "
            "label, caution by another. Write which illness it is. UK SmPC lidocaine 2 %%; Xylocaine label."
        )
        yield PatientWarning(sentence % {"detail": _detail(alert)}, is_grave=True)
    for name in _products(drugs, _is_vasoconstrictive):
        sentence = _("Heart illness: %(product)s contains adrenaline; its label asks for caution. Xylocaine label.")
        yield PatientWarning(sentence % {"product": name}, is_grave=True)


def _liver(alert, sites, drugs):
    if _products(drugs, lambda each: _is_anaesthetic(each) and each.drug_id not in ESTERS):
        sentence = _(
            "Liver illness%(detail)s: the liver breaks these anaesthetics down, and in a severe illness the level in "
            "the blood rises to toxic. Write how severe it is. Xylocaine label."
        )
        yield PatientWarning(sentence % {"detail": _detail(alert)}, is_grave=True)


def _epilepsy(alert, sites, drugs):
    if _products(drugs, _is_anaesthetic):
        sentence = _("Epilepsy%(detail)s: a fit may be a sign of toxicity. Write who watches, and how. CMAJ 2022.")
        yield PatientWarning(sentence % {"detail": _detail(alert)})


# Illness of the kidneys speaks for lower limits alone (`lower_limits`).
LOOKS = {
    AlertKind.ALLERGY: _allergy,
    AlertKind.BLOOD_THINNER: _blood_thinner,
    AlertKind.BLEEDING: _bleeding,
    AlertKind.INFECTION: _infection,
    AlertKind.PREGNANCY: _pregnancy,
    AlertKind.FAINTING: _fainting,
    AlertKind.LUNG_DISEASE: _lung_disease,
    AlertKind.DIABETES: _diabetes,
    AlertKind.HEART: _heart,
    AlertKind.LIVER: _liver,
    AlertKind.EPILEPSY: _epilepsy,
}


def _detail(alert):
    return _(" (%(detail)s)") % {"detail": alert.detail} if alert.detail else ""


def _has(preparation, words):
    said = " ".join([preparation.additives, *(str(each) for each in preparation.ingredients.all())]).lower()
    return any(word in said for word in words)


def _is_anaesthetic(preparation):
    return preparation.drug.kind == DrugKind.LOCAL_ANAESTHETIC


def _is_vasoconstrictive(preparation):
    kinds = {each.kind for each in preparation.ingredients.all()}
    return preparation.has_adrenaline or IngredientKind.VASOCONSTRICTOR in kinds


def _products(drugs, fits):
    """The names of the products that fit, each once."""
    products = (drug.preparation for drug in drugs)
    return list(dict.fromkeys(product.name for product in products if fits(product)))
