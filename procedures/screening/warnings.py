"""What each warning about a patient means for the sites and drugs of a record.

Each sentence ends with its source. Nothing is forbidden here: a physician answers in words.
"""

from django.utils.translation import gettext as _

from clinic.models import AlertKind
from procedures.models import DrugKind

SULPHITES = ("sulphite", "sulfite")
PARABENS = ("paraben",)
ESTERS = {"procaine"}
BLEEDING = {"ketorolac", "diclofenac"}


def raised_by(alerts, *, sites, drugs):
    """Yield a sentence for each warning that this record has to answer.

    `alerts` as `safety_questions.alerts_of` gives them, `sites` and `drugs` the rows of the record with their muscles
    and preparations.
    """
    present = {alert.kind: alert for alert in alerts if alert.is_present}
    sites, drugs = list(sites), list(drugs)
    for kind, look in LOOKS.items():
        if kind in present:
            yield from look(present[kind], sites, drugs)
    if unknown := [str(alert.label).lower() for alert in alerts if alert.is_unknown]:
        yield _("Not known: %(dangers)s. Ask the patient, or write why you went on.") % {"dangers": ", ".join(unknown)}


def _allergy(alert, sites, drugs):
    detail = _(" (%(detail)s)") % {"detail": alert.detail} if alert.detail else ""
    sentence = _("Allergy%(detail)s: write why these products are safe. Ask about product, preservative and sulphite.")
    yield sentence % {"detail": detail} + _(" Perm J 2002.")
    for name in _names(drugs, lambda each: _has(each, SULPHITES + PARABENS)):
        yield _("%(product)s contains sulphite or paraben, and the patient has an allergy. Perm J 2002.") % {
            "product": name
        }
    for name in _names(drugs, lambda each: each.drug_id in ESTERS):
        yield _("%(product)s is an ester: reactions are more frequent than with amides. Perm J 2002.") % {
            "product": name
        }


def _blood_thinner(alert, sites, drugs):
    yield _(
        "Blood thinner: a low-risk procedure, but more risk at deep sites that cannot be compressed. "
        "ASRA 2018, SIR 2019."
    )
    for name in _names(drugs, lambda each: each.drug_id in BLEEDING):
        yield _("%(product)s together with a blood thinner: barred where bleeding is feared. US label.") % {
            "product": name
        }


def _pregnancy(alert, sites, drugs):
    yield _("Pregnancy or breastfeeding: caution, and about a third less local anaesthetic. Robbins 2014, UK label.")


def _fainting(alert, sites, drugs):
    yield _("Has fainted with needles: inject with the patient lying down. Am Fam Physician 2002;65:653.")


def _lung_disease(alert, sites, drugs):
    for name in dict.fromkeys(site.muscle.name for site in sites if site.muscle.has_lung_risk):
        yield _("Lung disease, and a needle near the lung: %(muscle)s. Cureus e95679.") % {"muscle": name}
    for name in _names(drugs, lambda each: _has(each, SULPHITES) or each.has_adrenaline):
        yield _("Lung disease: %(product)s contains sulphite; its label warns in asthma.") % {"product": name}


def _diabetes(alert, sites, drugs):
    for name in _names(drugs, lambda each: each.drug.kind == DrugKind.STEROID):
        sentence = _("Diabetes and a steroid: %(product)s. Blood sugar may rise for two days. PMC7214140.")
        yield sentence % {"product": name}


LOOKS = {
    AlertKind.ALLERGY: _allergy,
    AlertKind.BLOOD_THINNER: _blood_thinner,
    AlertKind.PREGNANCY: _pregnancy,
    AlertKind.FAINTING: _fainting,
    AlertKind.LUNG_DISEASE: _lung_disease,
    AlertKind.DIABETES: _diabetes,
}


def _has(preparation, words):
    return any(word in preparation.additives.lower() for word in words)


def _names(drugs, fits):
    """The products that fit, each once."""
    products = (drug.preparation for drug in drugs)
    return list(dict.fromkeys(product.name for product in products if fits(product)))
