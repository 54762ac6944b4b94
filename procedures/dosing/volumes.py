"""A volume that is far from the usual one is asked about: a point in the wrong place makes ten times as much.

The usual volume at one site is the product's, else 2 mL: "approximately 2 mL" at each trigger point (Chelly, Peripheral
Nerve Blocks: A Color Atlas, 3rd ed., chapter 68, https://teachmeorthopedics.info/trigger-point-injection/). From five
times as much, and up to a twentieth, is a rule of the clinic: a slip of ten is seen from 1 mL on, with room below it.
"""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from django.utils.formats import localize
from django.utils.translation import gettext as _

from procedures import reasons
from procedures.models import DrugAdministration, InjectionSite
from procedures.problems import Problem

USUAL_ML = Decimal(2)
TOO_MUCH, TOO_LITTLE = 5, Fraction(1, 20)


def problems(procedure):
    drugs = DrugAdministration.objects.filter(procedure=procedure).select_related("preparation")
    said = sentences(drugs, sites=InjectionSite.objects.filter(procedure=procedure).count())
    sentence = " ".join([*said, _("Check the decimal point, or write why.")])
    if said and (asked := reasons.unanswered(sentence, procedure.volume_reason)):
        yield Problem(asked, "record", "volume_reason")


def sentences(drugs, *, sites):
    """One sentence for each product whose volume at a site is far from the usual; `sites` is their number."""
    found = [(product, ml, product.usual_ml or USUAL_ML) for product, ml in _per_site(drugs, max(sites, 1))]
    return [
        _sentence(product, ml, usual)
        for product, ml, usual in found
        if ml >= Fraction(usual) * TOO_MUCH or ml <= Fraction(usual) * TOO_LITTLE
    ]


def _per_site(drugs, sites):
    """(product, the largest volume of it at one site in mL); what is for no site in particular is shared over all."""
    shared, own, products = defaultdict(Fraction), defaultdict(lambda: defaultdict(Fraction)), {}
    for drug in drugs:
        if not drug.volume_ml or drug.volume_ml <= 0:
            continue
        products[drug.preparation_id] = drug.preparation
        if drug.site_id:
            own[drug.preparation_id][drug.site_id] += Fraction(drug.volume_ml)
        else:
            shared[drug.preparation_id] += Fraction(drug.volume_ml) / sites
    return [(row, shared[key] + max(own[key].values(), default=Fraction(0))) for key, row in products.items()]


def _sentence(preparation, ml, usual):
    shown = localize(round(Decimal(float(ml)), 2).normalize() + Decimal(0))
    words = {"product": preparation, "ml": shown, "usual": localize(usual.normalize() + Decimal(0))}
    return _("%(product)s: %(ml)s mL at one site; about %(usual)s mL is usual.") % words
