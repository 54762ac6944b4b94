"""The laws of the house: who stands on whom, and which imports break them. Tests and the report read them here.

```
doors     views/ forms/ urls/ ...      by who comes through
rooms     topics of acts               clinic/scheduling, procedures/records, aftercare/symptoms ...
ground    models/                      one row's rules
cellar    lib/, errors, signals        knows no clinic
```
"""

import ast
from functools import cache
from typing import NamedTuple

from tests.architecture.source import PACKAGES, ROOT, python_files, tree_of, where

CELLAR = {"lib", "errors", "signals", "constraints", "celery", "formats"}
GROUND = {"models"}
DOORS = {
    *("forms", "views", "urls", "tasks", "receivers", "admin", "templatetags", "management", "demo", "middleware"),
    *("unsent_forms", "second_factor", "screen_lock", "accounts", "chores", "checks", "context_processors", "apps"),
    *("wsgi", "rsgi", "settings"),
}
# Who comes through: a door imports no other person's. What several share is in `shared`, what programs call in
# `system`.
PERSONS = {"public", "my", "desk", "practice", "manage"}
MAY_NAME_UPWARDS = {"settings", "urls", "apps"}
# What packages above may take of what people touch: the fields of forms, and what every view does alike.
SHARED = ("forms.fields", "views.shared")
# Programs that make or measure the whole clinic, and so know all of it.
WHOLE_CLINIC = {"management"}


class Arrow(NamedTuple):
    """An import inside the house: `place` is the file and line, `source` and `target` are dotted names."""

    place: str
    source: str
    target: str

    def __str__(self):
        return f"{self.place} imports {self.target}"


@cache
def arrows():
    """Every import between files of the packages; a name that is imported counts as part of its module's name."""
    return tuple(
        Arrow(where(path, node), module_name(path), name)
        for path in python_files(*PACKAGES)
        for node in ast.walk(tree_of(path))
        for name in _imported(node)
        if name.partition(".")[0] in PACKAGES and "." in name
    )


def _imported(node):
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0:
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def module_name(path):
    """clinic/views/desk/day.py -> clinic.views.desk.day, clinic/urls/__init__.py -> clinic.urls."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def package_of(name):
    return name.partition(".")[0]


def part_of(name):
    """clinic.views.desk.day -> views, clinic.worklist -> worklist."""
    return name.partition(".")[2].partition(".")[0]


def is_shared(name):
    return name.partition(".")[2].startswith(SHARED)


def layer(part):
    """0 the cellar, 1 models, 2 rooms of acts, 3 doors: what people and clocks touch."""
    if part in CELLAR:
        return 0
    if part in GROUND:
        return 1
    return 3 if part in DOORS else 2


def person_at(name):
    """clinic.views.desk.day -> desk, None where it is nobody's door."""
    parts = name.split(".")
    return parts[2] if len(parts) > 2 and parts[1] in ("views", "forms") and parts[2] in PERSONS else None


def upward_packages():
    """Imports of a package that stands above."""
    return [
        arrow
        for arrow in arrows()
        if PACKAGES.index(package_of(arrow.target)) > PACKAGES.index(package_of(arrow.source))
        and part_of(arrow.source) not in WHOLE_CLINIC
    ]


def borrowed_doors():
    """Imports of what people touch in another package."""
    return [
        arrow
        for arrow in arrows()
        if package_of(arrow.target) != package_of(arrow.source)
        and layer(part_of(arrow.target)) == 3
        and not is_shared(arrow.target)
        and part_of(arrow.source) not in WHOLE_CLINIC
    ]


def upward_layers():
    """Imports, inside a package, of a layer that stands above."""
    return [
        arrow
        for arrow in arrows()
        if package_of(arrow.target) == package_of(arrow.source)
        and layer(part_of(arrow.target)) > layer(part_of(arrow.source))
    ]


def other_persons():
    """Imports of a door by the door of another person."""
    return [
        arrow
        for arrow in arrows()
        if person_at(arrow.source) and person_at(arrow.target) not in (None, person_at(arrow.source))
    ]


def against_the_law():
    return [*upward_packages(), *borrowed_doors(), *upward_layers(), *other_persons()]


def two_way_pairs(*, depth):
    """Pairs that import each other: packages (`depth` 1) or their rooms (`depth` 2)."""
    found = {(_cut(arrow.source, depth), _cut(arrow.target, depth)) for arrow in arrows()}
    return sorted((a, b) for a, b in found if a < b and (b, a) in found)


def _cut(name, depth):
    return ".".join(name.split(".")[:depth])
