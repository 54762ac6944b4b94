"""Draws the house from its imports: `python -m tests.architecture.picture` writes docs/architecture.svg;
with `--check` it only says whether the picture is as the imports are now.

A column is a package, a storey a layer; rooms of acts stand on the rooms that they import. A line is the thicker the
more imports there are (a pixel for four), and always goes down or to the left.
"""

import sys
from argparse import ArgumentParser
from collections import Counter
from html import escape

from tests.architecture import house
from tests.architecture.source import PACKAGES, ROOT

PICTURE = ROOT / "docs/architecture.svg"
COLUMN, GAP, MARGIN = 330, 90, 30  # px
BOX, STEP, WIDE = 34, 52, 180
DOOR_ROWS = 2
INK, SOFT, TEAL, PAPER, CARD, SAND = "#1B2A30", "#46575E", "#0A4A4F", "#FBF8F4", "#FFFFFF", "#EFE7DB"
DOORS_AT = 90


def main(arguments=None):
    """For `sys.exit`: 0, or a sentence when `--check` finds the picture out of date."""
    parser = ArgumentParser(prog="python -m tests.architecture.picture", description="Draws docs/architecture.svg.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail if the picture is out of date")
    if parser.parse_args(arguments).check:
        return 0 if PICTURE.read_text() == drawn() else "The picture is out of date: draw it again without --check."
    PICTURE.write_text(drawn())
    print(f"{PICTURE.name} is drawn.")
    return 0


def drawn():
    """The picture as the text of an SVG."""
    rooms = {package: _storeys(package) for package in PACKAGES}
    tallest = max(len(names) for names in rooms.values())
    ground_at = DOORS_AT + (DOOR_ROWS + tallest) * STEP + 70
    places = _places(rooms, ground_at)
    height, width = ground_at + 150, 2 * MARGIN + len(PACKAGES) * COLUMN + (len(PACKAGES) - 1) * GAP
    parts = [*_columns(ground_at), *_lines(places), *_boxes(places), *_storey_names(ground_at)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="14">\n<title>The house, drawn from its imports</title>\n'
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def rooms_of(package):
    """The rooms of acts of a package: folders, and modules that are rooms of their own."""
    names = {house.part_of(arrow.source) for arrow in house.arrows() if house.package_of(arrow.source) == package}
    return {name for name in names if name and _is_room(name)}


def room_imports():
    """How often one room, named as package.room, imports another."""
    return Counter(
        (source, target)
        for arrow in house.arrows()
        for source, target in [(_room(arrow.source), _room(arrow.target))]
        if source and target and source != target
    )


def _room(name):
    part = house.part_of(name)
    return f"{house.package_of(name)}.{part}" if part and _is_room(part) else None


def _is_room(part):
    return house.layer(part) == 2 and part != "permissions"


def _storeys(package):
    """Its rooms, those that import others above those that they import."""
    below = {name: set() for name in rooms_of(package)}
    for source, target in room_imports():
        if source.startswith(f"{package}.") and target.startswith(f"{package}."):
            below[source.partition(".")[2]].add(target.partition(".")[2])
    ordered = []
    while below:
        lowest = min(below, key=lambda name: (len(below[name] - set(ordered)), name))
        ordered.append(lowest)
        del below[lowest]
    return ordered[::-1]


def _left(package):
    return MARGIN + PACKAGES.index(package) * (COLUMN + GAP)


def _places(rooms, ground_at):
    """{package.room: (x, y)} of the upper left corner of each box; the lowest rooms stand on the ground."""
    places = {}
    for package, names in rooms.items():
        for row, name in enumerate(reversed(names)):
            places[f"{package}.{name}"] = (_left(package) + (COLUMN - WIDE) // 2, ground_at - 40 - (row + 1) * STEP)
    return places


def _columns(ground_at):
    for package in PACKAGES:
        x = _left(package)
        yield f'<rect x="{x}" y="50" width="{COLUMN}" height="{ground_at + 70}" rx="10" fill="{SAND}" opacity=".55"/>'
        yield _text(x + COLUMN / 2, 38, package, size=20, weight=700, colour=TEAL)
        for row, words in enumerate(_door_words(package)):
            yield _text(x + COLUMN / 2, DOORS_AT + 14 + row * 24, words, colour=SOFT)
        for y, words in ((ground_at, "models"), (ground_at + 52, _cellar_words(package))):
            yield _box(x + 20, y, COLUMN - 40, words)


def _door_words(package):
    persons = {house.person_at(arrow.source) for arrow in house.arrows() if house.package_of(arrow.source) == package}
    yield "views, forms, urls"
    yield " · ".join(person for person in ("public", "my", "desk", "practice", "manage") if person in persons)


def _cellar_words(package):
    parts = {house.part_of(arrow.target) for arrow in house.arrows() if house.package_of(arrow.target) == package}
    return ", ".join(sorted(part for part in parts if part in house.CELLAR - {"celery", "formats"})) or "—"


def _lines(places):
    for (source, target), count in sorted(room_imports().items()):
        (x1, y1), (x2, y2) = places[source], places[target]
        is_same = house.package_of(source) == house.package_of(target)
        start = (x1 + WIDE, y1 + BOX / 2) if is_same else (x1, y1 + BOX / 2)
        end = (x2 + WIDE, y2 + BOX / 2)
        bend = 24 + abs(y2 - y1) / 9 if is_same else 60
        control = f"{start[0] + (bend if is_same else -bend)} {start[1]} {end[0] + bend} {end[1]}"
        yield (
            f'<path d="M{start[0]} {start[1]} C{control} {end[0]} {end[1]}" fill="none" stroke="{TEAL}" '
            f'stroke-opacity=".45" stroke-width="{min(1 + count // 4, 5)}"/>'
        )
        yield f'<circle cx="{end[0]}" cy="{end[1]}" r="4" fill="{TEAL}"/>'


def _boxes(places):
    for name, (x, y) in places.items():
        yield _box(x, y, WIDE, name.partition(".")[2])


def _storey_names(ground_at):
    names = [(DOORS_AT - 14, "doors: who comes through"), (DOORS_AT + 62, "rooms: topics of acts")]
    for y, words in [*names, (ground_at - 14, "ground and cellar")]:
        yield _text(MARGIN + 12, y, words, size=12, anchor="start", colour=SOFT)


def _box(x, y, width, words):
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{BOX}" rx="8" fill="{CARD}" stroke="{SOFT}"/>'
        f"{_text(x + width / 2, y + BOX / 2 + 5, words)}"
    )


def _text(x, y, words, *, size=14, weight=400, colour=INK, anchor="middle"):
    style = f'text-anchor="{anchor}" font-size="{size}" font-weight="{weight}" fill="{colour}"'
    return f'<text x="{x:g}" y="{y:g}" {style}>{escape(words)}</text>'


if __name__ == "__main__":
    sys.exit(main())
