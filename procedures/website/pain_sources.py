"""Muscles whose pain may be felt in one part of the body: for reading, never for finding out what somebody has."""

from dataclasses import dataclass, field

from django.db.models import Q

from procedures.models import Muscle, PainPattern, Side
from procedures.website import body_picture

NEAR = 58  # units of the picture: about a head
WIDE = 1.5  # times as wide as high: a card's picture


@dataclass
class Source:
    """A muscle as a card shows it. `felt_in` and `lies_in` are keys of body areas, of both sides."""

    name: str
    pain_felt: str
    region: str
    felt_in: set = field(default_factory=set)
    lies_in: set = field(default_factory=set)
    looks: list = field(default_factory=list)

    def draw(self, areas, *, side):
        """Only one side of the body is compared: pain of a muscle is felt on its own side."""
        places = [area for area in areas if area.side in (side, Side.MIDDLE)]
        self.felt_names = [area.name for area in places if area.pk in self.felt_in]
        self.lies_names = [area.name for area in places if area.pk in self.lies_in]
        drawn = [area for area in places if area.pk in self.felt_in | self.lies_in]
        self.looks = list(body_picture.looks_at(drawn, least=NEAR, aspect=WIDE))


def of_region(key):
    """The muscles in a region and those whose pain is felt there, by their keys: one query."""
    felt_here = PainPattern.objects.filter(felt_in__region=key).values("pk")
    rows = (
        Muscle.objects.for_patients()
        .filter(Q(region=key) | Q(pk__in=felt_here))
        .values_list("pk", "name", "pain_felt", "region", "pain_pattern__felt_in", "pain_pattern__lies_in")
    )
    found = {}
    for pk, name, pain_felt, region, felt_in, lies_in in rows:
        source = found.setdefault(pk, Source(name, pain_felt, region))
        source.felt_in.add(felt_in)
        source.lies_in.add(lies_in)
    return found
