"""The design's colours, sizes and spaces, read from the stylesheet of every page, and how well colours differ."""

import re
from dataclasses import dataclass
from functools import cache, cached_property

from django.conf import settings
from django.utils.translation import gettext_lazy as _

SCHEMES = ["light", "dark"]
TEXT, MARK = 7, 3  # the least ratio for text (WCAG 1.4.6), and for graphics (1.4.11)
REMARK = re.compile(r"/\*.*?\*/\s*", re.DOTALL)
COLOUR = re.compile(r"#(?:[0-9a-f]{3}){1,2}")
# What is written or drawn on what; each pair must be readable in the light and the dark scheme.
ON_GROUNDS = [
    (_("Text"), TEXT, "ink", "paper card sand teal-wash stop-wash wait-wash go-wash note-wash"),
    (_("Less important text"), TEXT, "soft", "paper card"),
    (_("Less important text on a quiet band"), TEXT, "soft-on-sand", "sand"),
    (_("Links and the words of quiet buttons"), TEXT, "teal", "paper card sand teal-wash"),
    (_("Links under the pointer"), TEXT, "teal-deep", "paper card teal-wash"),
    (_("While something is being sent"), TEXT, "paper", "ink"),
    (_("The words of the one filled button"), TEXT, "on-teal", "teal teal-deep"),
    (_("Stop: danger, errors"), TEXT, "stop", "stop-wash paper card"),
    (_("The button that calls for help"), TEXT, "card", "stop"),
    (_("Wait: late, unsure"), TEXT, "wait", "wait-wash"),
    (_("Go: done, safe"), TEXT, "go", "go-wash"),
    (_("Note: good to know"), TEXT, "note", "note-wash"),
    (_("Pain, and nothing else; never text"), MARK, "ember", "paper card skin"),
    (_("The edge of a field"), MARK, "soft", "paper card"),
    (_("The ring round what has the focus"), MARK, "teal", "paper card sand"),
    (_("The lines of drawings"), MARK, "ink", "skin sand card"),
]


@dataclass(frozen=True)
class Pair:
    """One colour on another, in one scheme."""

    use: str
    least: int
    text: str
    ground: str
    scheme: str
    ratio: float

    @property
    def is_enough(self):
        return self.ratio >= self.least

    @property
    def shown_ratio(self):
        """Truncated, not rounded: 6.96 is not 7."""
        return f"{int(self.ratio * 10) / 10:.1f}"

    def __str__(self):
        return f"{self.text} on {self.ground}, {self.scheme}: {self.ratio:.2f}, least {self.least}"


class Tokens:
    """What a stylesheet says in its `:root`, in the light and in the dark."""

    def __init__(self, css):
        self.css = REMARK.sub("", css)

    @cached_property
    def schemes(self):
        light = _declarations(_blocks(_without_media(self.css)))
        dark = _declarations(_blocks(_dark(self.css)))
        return {"light": light, "dark": light | dark}

    @property
    def colours(self):
        return [name for name, value in self.schemes["light"].items() if COLOUR.fullmatch(value)]

    def named(self, start):
        """All that begin so, such as `space-`: (name, value)."""
        return [(name, value) for name, value in self.schemes["light"].items() if name.startswith(start)]

    def colour(self, scheme, name):
        return self.schemes[scheme][name]

    def ratio(self, scheme, text, ground):
        return contrast(self.colour(scheme, text), self.colour(scheme, ground))

    def pairs(self):
        for use, least, text, grounds in ON_GROUNDS:
            for ground in grounds.split():
                for scheme in SCHEMES:
                    yield Pair(use, least, text, ground, scheme, self.ratio(scheme, text, ground))

    def type_scale(self):
        """(selector, size, weight or nothing) of headings and running text."""
        rules = re.findall(r"(?m)^(h[1-3]|body|\.lead|body\.workplace|\.workplace h[1-3]) {([^}]*)}", self.css)
        sizes = [(selector, _size(rule), _weight(rule)) for selector, rule in rules]
        return [row for row in sizes if row[1]]

    def as_classes(self):
        """CSS: `.scheme-dark` is dark whatever the device prefers; `.ground-sand`, `.text-ink`, ... apply one token."""
        schemes = [_rule(f".scheme-{name}", _tokens(name, values)) for name, values in self.schemes.items()]
        rules = [_rule(f".ground-{name}", f"background: var(--{name})") for name in self.colours]
        rules += [_rule(f".text-{name}", f"color: var(--{name})") for name in self.colours]
        rules += [_rule(f".size-{name}", f"inline-size: var(--{name})") for name, _value in self.named("space-")]
        rules += [_rule(f".round-{name}", f"border-radius: var(--{name})") for name, _value in self.named("radius-")]
        rules += [_rule(f".type-{number}", size) for number, size in enumerate(map(_type, self.type_scale()), start=1)]
        return "\n".join([_rule("@media screen", "\n".join(schemes)), *rules])


@cache
def tokens():
    return Tokens((settings.BASE_DIR / "static/css/clinic.css").read_text())


def contrast(one, other):
    """The WCAG 2 ratio of two colours such as #1b2a30, from 1 to 21."""
    lighter, darker = sorted([_luminance(one), _luminance(other)], reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour):
    """WCAG 2, relative luminance: red, green and blue, weighted as the eye sees them."""
    digits = colour.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    shares = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _media(css):
    """Each `@media` with the content of its braces: (whole, condition, inside)."""
    for found in re.finditer(r"@media([^{]*){", css):
        depth, end = 1, found.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        yield css[found.start() : end], found[1], css[found.end() : end - 1]


def _without_media(css):
    for whole, _condition, _inside in _media(css):
        css = css.replace(whole, "")
    return css


def _dark(css):
    return "".join(inside for _whole, condition, inside in _media(css) if "dark" in condition)


def _blocks(css):
    return re.findall(r":root\s*{([^}]*)}", css)


def _declarations(blocks):
    return {
        name: value for block in blocks for name, value in re.findall(r"--([\w-]+):\s*((?:\"[^\"]*\"|[^;\"])+);", block)
    }


def _rule(selector, inside):
    return f"{selector} {{ {inside} }}"


def _tokens(scheme, values):
    declarations = "; ".join(f"--{name}: {value}" for name, value in values.items())
    return f"{declarations}; color-scheme: {scheme}; background: var(--paper); color: var(--ink)"


def _type(row):
    _selector, size, weight = row
    return f"font-size: {size}" + (f"; font-weight: {weight}" if weight else "")


def _size(rule):
    found = re.search(r"font-size:\s*([^;]+)", rule) or re.search(r"font:\s*\d+ ([^\s/]+)", rule)
    return found and found[1]


def _weight(rule):
    found = re.search(r"font-weight:\s*(\d+)", rule)
    return found[1] if found else ""
