"""The figure above the rows of sites: each site's number where its muscle lies."""

import re
from dataclasses import dataclass

from procedures.models import PainPattern, Side

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
CURVES = re.compile(r"[^MLz\d.\s-]")
# In the figure's own units, which are also those of BodyArea.shape.
FRONT_MIDDLE_X, BACK_FROM_X, BACK_MIDDLE_X = 76, 152, 228


@dataclass(frozen=True)
class Mark:
    """Numbers of sites at one point of the figure."""

    x: float
    y: float
    words: str

    @property
    def is_left(self):
        """Left of the body's middle in the picture. Numbers grow outwards, so those of two sides stay apart."""
        return self.x < (FRONT_MIDDLE_X if self.x < BACK_FROM_X else BACK_MIDDLE_X)


def middle_of(area):
    """(x, y) in the middle of an area's outline; None if the outline is not made of straight lines."""
    if CURVES.search(area.shape):
        return None
    numbers = [float(number) for number in NUMBER.findall(area.shape)]
    across, down = numbers[::2], numbers[1::2]
    if not down:
        return None
    return round((min(across) + max(across)) / 2, 1), round((min(down) + max(down)) / 2, 1)


class Figure:
    """The areas in which each muscle lies, read once. `areas` is a dict of BodyArea by key."""

    def __init__(self, areas):
        self.areas = areas
        self.middles = {key: middle_of(area) for key, area in areas.items()}
        self.lies_in = {}
        rows = PainPattern.lies_in.through.objects.values_list("painpattern_id", "bodyarea_id")
        for muscle, area in sorted(rows, key=lambda row: list(areas).index(row[1])):
            self.lies_in.setdefault(muscle, []).append(area)

    def areas_of(self, muscle, side):
        """The keys of the areas of one site; none without a side. In the middle: the areas there, else both sides'."""
        keys = self.lies_in.get(muscle, []) if side else []
        of_side = [key for key in keys if self.areas[key].side in (side, Side.MIDDLE)]
        return of_side or (keys if side == Side.MIDDLE else [])

    def marked_by(self, sites):
        """The keys of all areas of the sites: (number, muscle, side) each."""
        return {key for _number, muscle, side in sites for key in self.areas_of(muscle, side)}

    def marks_of(self, sites):
        """A Mark for each point that has numbers: one point a site on the front and one on the back, at most."""
        numbers = {}
        for number, muscle, side in sites:
            middles = [self.middles[key] for key in self.areas_of(muscle, side) if self.middles[key]]
            for point in {middle[0] >= BACK_FROM_X: middle for middle in reversed(middles)}.values():
                numbers.setdefault(point, []).append(str(number))
        return [Mark(*point, " ".join(of_point)) for point, of_point in numbers.items()]

    def as_json(self):
        """Each area's side and middle, for the page's script."""
        return {
            key: {"side": area.side, "middle": self.middles[key]}
            for key, area in self.areas.items()
            if self.middles[key]
        }
