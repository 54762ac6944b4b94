"""What part of the body picture to show: its areas, enlarged enough to be seen well."""

import re
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _

MIDDLE = 152  # left of it the body is seen from the front, right of it from the back
EDGES = {"front": (0, MIDDLE), "back": (MIDDLE, 2 * MIDDLE)}
TOP, BOTTOM = 2, 396
MARGIN = 9
NUMBER = re.compile(r"-?\d*\.?\d+")


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    def __or__(self, other):
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


@dataclass(frozen=True)
class Look:
    """One view of the body: from the front or the back, as close as `view_box` says."""

    panel: str
    view_box: str
    areas: tuple

    @property
    def caption(self):
        return _("Front") if self.panel == "front" else _("Back")


@lru_cache(maxsize=512)
def box_of(shape):
    """The smallest box round an outline, which is made of straight lines between absolute points."""
    numbers = [float(number) for number in NUMBER.findall(shape)]
    return Box(min(numbers[::2]), min(numbers[1::2]), max(numbers[::2]), max(numbers[1::2]))


def panel_of(area):
    return "front" if box_of(area.shape).left < MIDDLE - 1 else "back"


def looks_at(areas, *, least, aspect=2):
    """A view of the areas from each side that shows any, at least the given number of picture units high.

    Side by side they are about `aspect` times as wide as high.
    """
    seen = {panel: tuple(area for area in areas if panel_of(area) == panel) for panel in EDGES}
    panels = [panel for panel in EDGES if seen[panel]]
    for panel in panels:
        yield Look(panel, _view_box(seen[panel], panel, least, aspect / len(panels)), seen[panel])


def whole_body(areas):
    """The whole body from the front and from the back."""
    for panel, (left, right) in EDGES.items():
        seen = tuple(area for area in areas if panel_of(area) == panel)
        yield Look(panel, f"{left} {TOP} {right - left} {BOTTOM - TOP}", seen)


def _view_box(areas, panel, least, aspect):
    box = box_of(areas[0].shape)
    for area in areas[1:]:
        box |= box_of(area.shape)
    height = max(box.bottom - box.top + 2 * MARGIN, (box.right - box.left + 2 * MARGIN) / aspect, least)
    left, width = _stretch(box.left, box.right, height * aspect, *EDGES[panel])
    top, height = _stretch(box.top, box.bottom, height, TOP, BOTTOM)
    return f"{left:g} {top:g} {width:g} {height:g}"


def _stretch(start, end, wanted, first, last):
    """The wanted length about the same middle, but never over the edges: (start, length)."""
    length = min(wanted, last - first)
    begin = min(max((start + end - length) / 2, first), last - length)
    return round(begin, 1), round(length, 1)
