"""A product whose name says one thing and whose numbers say another: nobody may inject by it."""

import re
from decimal import Decimal

from django.utils.formats import localize
from django.utils.translation import gettext as _

from procedures.models import DrugAdministration, DrugKind, IngredientKind
from procedures.problems import Problem

PERCENT = re.compile(r"(\d+(?:[.,]\d+)?)\s*%")
MG_PER_ML = re.compile(r"(\d+(?:[.,]\d+)?)\s*mg\s*(?:/|per|in 1)\s*ml", re.IGNORECASE)
ADRENALINE = re.compile(r"(without|no)?\s*(?:adrenalin|epinephrin)", re.IGNORECASE)
NOTHING_ADDED = ("plain", "none")


def of_product(product):
    """Pairs of a field and a sentence: what in the name of a Preparation contradicts the rest of it.

    Percent times 10 is mg per mL; a product without a strength, such as saline, has no number to contradict.
    """
    strength = _strength_in(product.name)
    if strength and product.mg_per_ml is not None and strength != product.mg_per_ml:
        sentence = _("The name says %(named)s mg in 1 mL, and the strength is %(strength)s. Percent times 10 is mg.")
        yield "mg_per_ml", sentence % {"named": localize(strength), "strength": localize(product.mg_per_ml)}
    if _names_adrenaline(product.name) and not product.has_adrenaline:
        yield "has_adrenaline", _("The name says adrenaline. Tick it, or correct the name.")
    if product.has_adrenaline and product.drug.kind != DrugKind.LOCAL_ANAESTHETIC:
        yield "has_adrenaline", _("Adrenaline is added to local anaesthetics only.")


def of_ingredients(product, ingredients):
    """As `of_product`, for the rows of Ingredient that it is to contain."""
    is_there = any(each.kind == IngredientKind.VASOCONSTRICTOR for each in ingredients)
    if product.has_adrenaline and not is_there:
        yield "ingredients", _("With adrenaline: tick adrenaline here, too, so that an allergy to it is found.")
    if is_there and not product.has_adrenaline:
        yield "has_adrenaline", _("Adrenaline is among what it contains. Tick it here, too.")
    if ingredients and product.additives.strip().lower() in NOTHING_ADDED:
        yield "additives", _("It contains something beside the drug, so it is not plain.")


def problems(procedure):
    """A Problem for each drug of a record whose product contradicts itself, however it came into the catalogue."""
    for given in DrugAdministration.objects.filter(procedure=procedure.pk).select_related("preparation__drug"):
        for _field, sentence in of_product(given.preparation):
            words = {"product": given.preparation, "why": sentence}
            sentence = _("%(product)s cannot be right in the catalogue: %(why)s Ask the manager to correct it.") % words
            yield Problem(sentence, "drugs", "preparation", row=given)


def _strength_in(name):
    """mg per mL as the name gives it, None when it does not."""
    if found := MG_PER_ML.search(name):
        return Decimal(found[1].replace(",", "."))
    found = PERCENT.search(name)
    return Decimal(found[1].replace(",", ".")) * 10 if found else None


def _names_adrenaline(name):
    return any(found[1] is None for found in ADRENALINE.finditer(name))
