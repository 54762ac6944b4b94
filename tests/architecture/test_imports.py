"""clinic <- procedures <- aftercare; inside a package lib, errors, signals <- models <- rooms of acts <- doors."""

import ast

import pytest

from tests.architecture.source import PACKAGES, ROOT, python_files, tree_of, where

pytestmark = pytest.mark.once

BASE = {"lib", "errors", "signals", "constraints", "celery", "formats"}
MODELS = {"models"}
DOORS = {
    *("forms", "views", "urls", "tasks", "receivers", "admin", "templatetags", "management", "demo", "middleware"),
    *("checks", "accounts", "context_processors", "apps", "wsgi", "settings"),
}
# Who comes through: a door imports no other person's. What several share lies in `shared`, what serves machines in
# `system`.
PERSONS = {"public", "my", "desk", "practice", "manage"}
MAY_NAME_UPWARDS = {"settings", "urls", "apps"}
# What packages above may take of what people touch: the fields that every form is made of.
SHARED = ("forms.fields",)
# Programmes that make or measure the whole clinic, and so know all of it.
WHOLE_CLINIC = {"management"}


def layer(part):
    """0 base, 1 models, 2 acts, 3 what people and clocks touch."""
    if part in BASE:
        return 0
    if part in SHARED:
        return 2
    if part in MODELS:
        return 1
    return 3 if part in DOORS else 2


def part_of(path):
    """clinic/views/desk/day.py -> views, clinic/worklist.py -> worklist."""
    return path.relative_to(ROOT).parts[1].removesuffix(".py")


def imports_of(path):
    """(node, package, part) of what a file imports from our packages."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            package, _, rest = name.partition(".")
            if package in PACKAGES and rest:
                yield node, package, "forms.fields" if rest.startswith(SHARED) else rest.split(".")[0]


def all_imports():
    for path in python_files(*PACKAGES):
        for node, package, part in imports_of(path):
            yield path, node, package, part


def test_packages_do_not_import_upwards():
    upwards = [
        f"{where(path, node)} imports {package}"
        for path, node, package, _ in all_imports()
        if PACKAGES.index(package) > PACKAGES.index(path.relative_to(ROOT).parts[0])
        and part_of(path) not in WHOLE_CLINIC
    ]

    assert upwards == []


def test_between_packages_only_models_errors_signals_and_acts_cross():
    crossing = [
        f"{where(path, node)} imports {package}.{part}"
        for path, node, package, part in all_imports()
        if package != path.relative_to(ROOT).parts[0] and layer(part) == 3 and part_of(path) not in WHOLE_CLINIC
    ]

    assert crossing == []


def test_inside_a_package_nobody_imports_who_stands_above():
    upwards = [
        f"{where(path, node)} imports {package}.{part}"
        for path, node, package, part in all_imports()
        if package == path.relative_to(ROOT).parts[0] and layer(part) > layer(part_of(path))
    ]

    assert upwards == []


def test_doors_do_not_import_doors_of_another_person():
    crossing = [
        f"{where(path, node)} imports {name}"
        for path in python_files(*PACKAGES)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and person_at(path.relative_to(ROOT).parts) is not None
        for name in [node.module]
        if person_at(name.split(".")) not in (None, person_at(path.relative_to(ROOT).parts))
    ]

    assert crossing == []


def person_at(parts):
    """("clinic", "views", "desk", ...) -> "desk", None where it is nobody's door."""
    return parts[2] if len(parts) > 2 and parts[1] in ("views", "forms") and parts[2] in PERSONS else None


def test_imports_are_absolute():
    relative = [
        where(path, node)
        for path in python_files(*PACKAGES)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and node.level
    ]

    assert relative == []


def test_imports_stand_at_the_top_of_the_file():
    """An AppConfig.ready() is where Django wants some of them."""
    hidden = [
        where(path, inner)
        for path in python_files(*PACKAGES)
        if part_of(path) != "apps"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]

    assert hidden == []


def test_packages_do_not_name_upwards_in_strings():
    upwards = [
        f"{where(path, node)} {node.value!r}"
        for path in python_files(*PACKAGES)
        if part_of(path) not in MAY_NAME_UPWARDS | WHOLE_CLINIC
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if names_upwards(node.value, package=path.relative_to(ROOT).parts[0])
    ]

    assert upwards == []


def names_upwards(text, *, package):
    """True for "aftercare.CarePlan" or "aftercare:plan" in a lower package, not for a sentence or an address."""
    above = PACKAGES[PACKAGES.index(package) + 1 :]
    return " " not in text and any(text.startswith((f"{name}.", f"{name}:")) for name in above)


@pytest.mark.parametrize(
    ("text", "package", "expected"),
    [
        ("aftercare.CarePlan", "clinic", True),
        ("procedures:record", "clinic", True),
        ("aftercare/plan.html", "clinic", False),
        ("clinic.Patient", "aftercare", False),
        ("aftercare. It matters", "clinic", False),
    ],
)
def test_names_upwards(text, package, expected):
    assert names_upwards(text, package=package) is expected
