"""Menus: who sees which entry, and which says where its reader is."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import get_resolver, reverse

from clinic.lib.registry import AlreadyRegistered
from clinic.website import navigation
from clinic.website.navigation import Entry, Link


def labels(menu, user):
    return [str(link.label) for link in navigation.links(menu, user=user)]


def test_public_menu_is_the_same_for_everybody():
    assert labels("public", None) == [
        *("Trigger points", "Where does it hurt?", "Procedures", "Risks"),
        *("Aftercare", "People", "Search", "Book a visit"),
    ]


def test_nobody_works_who_is_not_signed_in():
    assert [navigation.workplaces(user) for user in (None, AnonymousUser())] == [[], []]


def test_entry_is_not_shown_to_who_may_not_go_there():
    assert labels("practice", AnonymousUser()) == []


def test_page_of_an_entry_says_page_and_those_of_its_section_true():
    entry = Entry("desk-patients", "Patients", 20, pages=("desk-patient",))

    assert [entry.current(here) for here in ("desk-patients", "desk-patient", "desk", None)] == ["page", "true", "", ""]


def test_link_says_how_much_waits_there(monkeypatch):
    registry = type(navigation.MENUS["desk"])("entry")
    monkeypatch.setitem(navigation.MENUS, "desk", registry)
    navigation.register("desk", Entry("desk-work", "Work", 40, count=lambda user: 3))

    assert navigation.links("desk", user=None, here="desk") == [Link("/desk/work/", "Work", "", 3, False)]


def test_two_entries_cannot_lead_to_one_address():
    with pytest.raises(AlreadyRegistered):
        navigation.register("desk", Entry("desk-work", "Another name", 90))


@pytest.mark.parametrize("menu", navigation.MENUS)
def test_entries_name_addresses_that_there_are(menu):
    entries = list(navigation.MENUS[menu])
    names = {name for entry in entries for name in entry.pages}

    assert all(reverse(entry.code) for entry in entries)
    assert names - set(get_resolver().reverse_dict) == set()
