"""Menus: each package registers its entries when it starts, and a page draws the links that its reader may follow."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from django.urls import reverse

from clinic.lib.registry import Registry

MENUS = {name: Registry(f"entry of the {name} menu") for name in ("workplaces", "public", "desk", "practice", "manage")}


def anybody(user):
    return True


def may(permission):
    """Shown to those who have this right."""
    return lambda user: user.has_perm(permission)


@dataclass(frozen=True)
class Entry:
    """One entry of a menu, in order of `position`. `code` is the name of its address, `label` is translated when shown.

    `pages` names the other addresses of the section it leads to, `count` says how much is waiting there for a person;
    `is_main` marks what most people come for.
    """

    code: str
    label: str
    position: int
    pages: tuple[str, ...] = ()
    shown_to: Callable = anybody
    count: Callable | None = None
    is_main: bool = False

    def current(self, here):
        """As in ARIA: "page" on its own page, "true" elsewhere in its section."""
        if here == self.code:
            return "page"
        return "true" if here in self.pages else ""


class Link(NamedTuple):
    url: str
    label: str
    current: str
    count: int
    is_main: bool


def workplaces(user):
    """Where a person works, the first link being where signing in leads; none for who is not signed in."""
    return links("workplaces", user=user) if user and user.is_authenticated else []


def register(menu, *entries):
    """Raises AlreadyRegistered for two entries of a menu that lead to one address."""
    for entry in entries:
        MENUS[menu].register(entry)


def links(menu, *, user=None, here=None):
    """What `user` sees of a menu; `here` is the name of the current address."""
    return [
        Link(
            reverse(entry.code),
            entry.label,
            entry.current(here),
            entry.count(user) if entry.count else 0,
            entry.is_main,
        )
        for entry in sorted(MENUS[menu], key=attrgetter("position"))
        if entry.shown_to(user)
    ]
