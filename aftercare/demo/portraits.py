"""Portraits of the demo's people, drawn here: no real person is shown. In units of a hundredth of the picture."""

import io
import secrets
from dataclasses import dataclass
from typing import NamedTuple

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from clinic.models.photos import JPEG, SIDE

FINE = 2  # drawn larger, then made smooth
INK = "#1b2a30"
LINE = 1.5


class Oval(NamedTuple):
    """The middle, and how far from it the rim is to either side, above and below."""

    x: float
    y: float
    across: float
    up: float

    @property
    def corners(self):
        """(left, top, right, bottom) of the box around it."""
        return (self.x - self.across, self.y - self.up, self.x + self.across, self.y + self.up)


@dataclass(frozen=True)
class Look:
    ground: str
    skin: str
    hair: str
    style: str  # long, short, curly, beard, bun or parted
    coat: str
    has_glasses: bool = False


LOOKS = [
    Look("#dbe9e6", "#f0d3bb", "#6d4a35", "bun", "#ffffff", has_glasses=True),
    Look("#f3e3d3", "#8a5a3f", "#22201f", "beard", "#ffffff"),
    Look("#e3e6f1", "#d9a77f", "#2e2320", "long", "#ffffff"),
    Look("#e7ecdc", "#f2d6c0", "#a39a92", "short", "#ffffff", has_glasses=True),
    Look("#f6e2da", "#f5dcc8", "#c48a45", "curly", "#0a4a4f"),
    Look("#dde8ee", "#ecc9a8", "#4b3626", "parted", "#0a4a4f"),
]


def add_portraits(people):
    """Give each of these people a portrait."""
    for person, look in zip(people, LOOKS, strict=True):
        person.photo.save(f"{secrets.token_hex(16)}.jpg", ContentFile(drawn(look)))


def drawn(look):
    """The bytes of a JPEG."""
    pen = Pen(look.ground)
    _behind(pen, look)
    pen.oval(Oval(50, 116, 43, 41), look.coat)
    pen.polygon([(41, 78), (50, 92), (59, 78)], look.skin)
    pen.line([(41, 77), (50, 92), (59, 77)])
    pen.box((43, 62, 57, 82), look.skin)
    pen.oval(Oval(28.5, 47, 4, 5.5), look.skin)
    pen.oval(Oval(71.5, 47, 4, 5.5), look.skin)
    pen.oval(Oval(50, 45, 21.5, 25.5), look.skin)
    _hair(pen, look)
    _face(pen, look)
    small = pen.image.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    data = io.BytesIO()
    small.save(data, **JPEG)
    return data.getvalue()


def _behind(pen, look):
    if look.style == "long":
        pen.box((25, 34, 75, 84), look.hair, radius=22)
    elif look.style == "curly":
        for x, y in ((26, 44), (24, 56), (28, 67), (74, 44), (76, 56), (72, 67)):
            pen.oval(Oval(x, y, 9, 9), look.hair, outline=False)
    elif look.style == "bun":
        pen.oval(Oval(50, 13, 9, 8), look.hair)


def _hair(pen, look):
    pen.cap(Oval(50, 45, 22.3, 26.5), look.hair, depth={"short": 0.3, "beard": 0.24}.get(look.style, 0.4))
    if look.style == "beard":
        pen.beard(Oval(50, 45, 21.5, 25.5), look.hair, look.skin)
    elif look.style == "curly":
        for x, y in ((33, 28), (41, 21), (50, 19), (59, 21), (67, 28)):
            pen.oval(Oval(x, y, 8, 7.5), look.hair, outline=False)
    elif look.style == "parted":
        pen.polygon([(44, 20.5), (46, 37), (71, 40), (64, 26)], look.hair)


def _face(pen, look):
    for x in (41.5, 58.5):
        pen.oval(Oval(x, 47, 1.3, 1.7), INK, outline=False)
        pen.arc(Oval(x, 42, 4.5, 3), 200, 340)
    pen.arc(Oval(50, 50, 2.6, 4), 40, 120)
    pen.arc(Oval(50, 54.5, 7.5, 6), 25, 155)
    if look.has_glasses:
        for x in (41.5, 58.5):
            pen.ring(x, 47, 6)
        pen.line([(47.5, 47), (52.5, 47)])


class Pen:
    """Draws shapes with the same outline around each."""

    def __init__(self, ground):
        self.scale = SIDE * FINE / 100
        self.image = Image.new("RGB", (SIDE * FINE, SIDE * FINE), ground)
        self.draw = ImageDraw.Draw(self.image)
        self.width = round(LINE * self.scale)

    def oval(self, oval, fill, *, outline=True):
        ink = {"outline": INK, "width": self.width} if outline else {}
        self.draw.ellipse(self._scaled(oval.corners), fill=fill, **ink)

    def box(self, corners, fill, radius=6):
        """`corners` are (left, top, right, bottom)."""
        rounding = radius * self.scale
        self.draw.rounded_rectangle(self._scaled(corners), rounding, fill=fill, outline=INK, width=self.width)

    def polygon(self, points, fill):
        self.draw.polygon([(x * self.scale, y * self.scale) for x, y in points], fill=fill)

    def line(self, points):
        scaled = [(x * self.scale, y * self.scale) for x, y in points]
        self.draw.line(scaled, fill=INK, width=self.width, joint="curve")

    def arc(self, oval, first, last):
        """The rim of an oval from one angle to another, in degrees, clockwise from the right."""
        self.draw.arc(self._scaled(oval.corners), first, last, fill=INK, width=self.width)

    def ring(self, x, y, radius):
        self.draw.ellipse(self._scaled(Oval(x, y, radius, radius).corners), outline=INK, width=round(self.width * 0.8))

    def cap(self, oval, fill, *, depth):
        """The upper part of an oval, down to `depth` of its height."""
        left, top, right, bottom = self._scaled(oval.corners)
        mask = Image.new("L", self.image.size)
        brush = ImageDraw.Draw(mask)
        brush.ellipse((left, top, right, bottom), fill=255)
        edge = top + (bottom - top) * depth
        brush.ellipse((left + self.width, edge - oval.up * self.scale * 0.32, right - self.width, bottom * 1.3), fill=0)
        self._lay(mask, fill)

    def beard(self, oval, fill, skin):
        """The lower part of an oval, with a mouth of the skin's colour."""
        mask = Image.new("L", self.image.size)
        brush = ImageDraw.Draw(mask)
        brush.ellipse(self._scaled(oval.corners), fill=255)
        brush.rectangle((0, 0, mask.width, (oval.y + 4) * self.scale), fill=0)
        brush.ellipse(self._scaled(Oval(oval.x, oval.y + 6, oval.across * 0.72, oval.up * 0.34).corners), fill=0)
        self._lay(mask, fill)
        self.oval(Oval(oval.x, oval.y + 11, oval.across * 0.42, oval.up * 0.2), skin, outline=False)

    def _lay(self, mask, fill):
        self.image.paste(Image.new("RGB", self.image.size, fill), mask=mask)

    def _scaled(self, values):
        return tuple(value * self.scale for value in values)
