"""No package names a page of those above it, and each page that an owner registers by name is there."""

import ast

import pytest
from django.urls import URLResolver, get_resolver

from clinic.lib import upload_limits
from clinic.website import public_pages
from tests.architecture import house
from tests.architecture.source import PACKAGES, python_files, tree_of, where

pytestmark = pytest.mark.once

# The same word for something else, and the first page of the site, which the packages above draw.
NO_PAGE = {"search", "glossary", "home"}


def owners(resolver=None):
    """{name of an address: the packages whose views answer there}"""
    found = {}
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            for name, packages in owners(pattern).items():
                found.setdefault(name, set()).update(packages)
        elif pattern.name:
            found.setdefault(pattern.name, set()).add(pattern.callback.__module__.partition(".")[0])
    return found


def named_above(text, package, owner_of):
    """Is it the name of a page that only packages above this one have?"""
    above = set(PACKAGES[PACKAGES.index(package) + 1 :])
    return bool(owner_of.get(text)) and owner_of[text] <= above and text not in NO_PAGE


def test_packages_name_no_page_of_those_above_them():
    owner_of = owners()
    upwards = [
        f"{where(path, node)} {node.value!r}"
        for path in python_files(*PACKAGES)
        if house.part_of(house.module_name(path)) not in house.WHOLE_CLINIC | {"settings"}
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if named_above(node.value, house.package_of(house.module_name(path)), owner_of)
    ]

    assert upwards == []


def test_a_page_of_a_package_above_is_found():
    owner_of = owners()

    found = [
        named_above(name, package, owner_of)
        for name, package in [("practice-record", "clinic"), ("aftercare", "procedures"), ("desk", "clinic")]
    ]

    assert found == [True, True, False]


def test_pages_that_are_registered_are_there():
    owner_of = owners()  # reads the views, too, that register pages which accept files

    assert [name for name in (*public_pages.names(), *sorted(upload_limits._pages)) if name not in owner_of] == []
    assert sorted(upload_limits._pages) == [
        *("clinic_practitioner_add", "clinic_practitioner_change", "practice-record-images")
    ]


def test_each_owner_has_registered_its_public_pages():
    assert sorted(public_pages.names()) == [
        *("aftercare", "book", "clinic", "glossary", "home", "people", "person", "privacy", "procedure", "procedures"),
        *("region", "risks", "trigger-points", "where-does-it-hurt", "who-should-i-see"),
    ]
