"""clinic <- procedures <- aftercare; inside a package the cellar <- models <- rooms of acts <- doors."""

import ast

import pytest

from tests.architecture import house
from tests.architecture.source import PACKAGES, python_files, tree_of, where

pytestmark = pytest.mark.once


def test_packages_do_not_import_upwards():
    assert [str(arrow) for arrow in house.upward_packages()] == []


def test_between_packages_only_models_errors_signals_and_acts_cross():
    assert [str(arrow) for arrow in house.borrowed_doors()] == []


def test_inside_a_package_nobody_imports_who_stands_above():
    assert [str(arrow) for arrow in house.upward_layers()] == []


def test_doors_do_not_import_doors_of_another_person():
    assert [str(arrow) for arrow in house.other_persons()] == []


@pytest.mark.parametrize("depth", [1, 2], ids=["packages", "rooms"])
def test_no_two_import_each_other(depth):
    assert house.two_way_pairs(depth=depth) == []


@pytest.mark.parametrize(
    ("name", "part", "layer", "person"),
    [
        ("clinic.views.desk.day", "views", 3, "desk"),
        ("clinic.views.shared.audit", "views", 3, None),
        ("clinic.forms.fields", "forms", 3, None),
        ("clinic.scheduling.booking", "scheduling", 2, None),
        ("clinic.worklist", "worklist", 2, None),
        ("clinic.models.messages", "models", 1, None),
        ("clinic.lib.intervals", "lib", 0, None),
    ],
)
def test_every_module_has_its_place(name, part, layer, person):
    assert (house.part_of(name), house.layer(house.part_of(name)), house.person_at(name)) == (part, layer, person)


def test_imports_are_absolute():
    relative = [
        where(path, node)
        for path in python_files(*PACKAGES)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and node.level
    ]

    assert relative == []


def test_imports_stand_at_the_top_of_the_file():
    """Django expects some of them in an AppConfig.ready()."""
    hidden = [
        where(path, inner)
        for path in python_files(*PACKAGES)
        if house.part_of(house.module_name(path)) != "apps"
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
        if house.part_of(house.module_name(path)) not in house.MAY_NAME_UPWARDS | house.WHOLE_CLINIC
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if names_upwards(node.value, package=house.package_of(house.module_name(path)))
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
