"""The choices in the rows of a record's form."""

from dataclasses import asdict
from functools import cached_property
from itertools import groupby

from django.utils.translation import gettext_lazy as _

from procedures.forms.practice import muscle_choices
from procedures.forms.practice.record_figure import Figure
from procedures.models import BodyArea, Muscle, Preparation, Side
from procedures.records import geometry, pack_codes, suggestions


class Shelf:
    """Muscles, places on the body and products, read once for all rows."""

    def __init__(self, *, on):
        self.muscles = {muscle.pk: muscle for muscle in Muscle.objects.select_related("region")}
        self.preparations = {product.pk: product for product in Preparation.objects.filter(is_active=True)}
        self.areas = {area.pk: area for area in BodyArea.objects.select_related("region")}
        self.lots = suggestions.recent_lots(on=on)
        self.needles = suggestions.needles()
        self.figure = Figure(self.areas)

    @cached_property
    def packs(self):
        return pack_codes.known()

    @cached_property
    def depths(self):
        """How deep each muscle is usually reached, and with which needle."""
        return geometry.usual_depths(self.muscles.values())

    @cached_property
    def regions(self):
        return muscle_choices.regions_of(self.muscles.values())

    @cached_property
    def muscle_choices(self):
        return muscle_choices.choices_of(self.regions)

    @cached_property
    def preparation_choices(self):
        return [("", ""), *((product.pk, str(product)) for product in self.preparations.values())]

    @cached_property
    def area_choices(self):
        by_view = groupby(self.areas.values(), key=lambda area: area.get_view_display())
        return [("", ""), *((view, [(area.pk, area.name) for area in areas]) for view, areas in by_view)]

    def site_words(self, muscle, side):
        """ "Left: Trapezius, pars descendens"; "" unless both are known."""
        if muscle not in self.muscles or side not in Side.values:
            return ""
        return _("%(side)s · %(muscle)s") % {
            "side": Side(side).label.capitalize(),
            "muscle": self.muscles[muscle].clinical_name,
        }

    def as_json(self):
        """The data for the page's script: names, the lung, where muscles lie, strengths and lots."""
        return {
            "muscles": {
                muscle.pk: {
                    "name": muscle.clinical_name,
                    "near_lung": muscle.has_lung_risk,
                    "has_middle": muscle.has_middle,
                    "is_free_entry": muscle.is_free_entry,
                    "depth": asdict(self.depths[muscle.pk]) if muscle.pk in self.depths else None,
                    "lies_in": self.figure.lies_in.get(muscle.pk, []),
                }
                for muscle in self.muscles.values()
            },
            "areas": self.figure.as_json(),
            "strengths": {
                product.pk: str(product.mg_per_ml)
                for product in self.preparations.values()
                if product.mg_per_ml is not None
            },
            "lots": {product: [lot.as_json() for lot in lots] for product, lots in self.lots.items()},
        }
