"""What a person may be allergic to, as lists to choose from; and how bad it was, in plain words."""

from django.utils.translation import gettext_lazy as _

from procedures.models import AllergyList, AllergySeverity, Drug, DrugKind, Ingredient, IngredientKind

REACTIONS = [
    (AllergySeverity.MILD, _("My skin was red or itched")),
    (AllergySeverity.MODERATE, _("Something swelled, or I needed a doctor")),
    (AllergySeverity.SEVERE, _("I could not breathe well, or I fell down")),
    (AllergySeverity.UNKNOWN, _("I do not know")),
]


def substances_of(listed):
    """The rows that an AllergyList names, by a key for a form."""
    on_the_shelf = Drug.objects.filter(preparations__is_active=True).distinct()
    if listed == AllergyList.ANAESTHETICS:
        return _by_key(on_the_shelf.filter(kind=DrugKind.LOCAL_ANAESTHETIC))
    steroids = on_the_shelf.filter(kind=DrugKind.STEROID)
    return _by_key([*steroids, *Ingredient.objects.filter(kind=IngredientKind.CONTACT)])


def all_substances():
    """Every drug, then every ingredient of the catalogue, by a key for a form."""
    return _by_key([*Drug.objects.all(), *Ingredient.objects.all()])


def _by_key(rows):
    return {f"{row._meta.model_name}-{row.pk}": row for row in rows}
