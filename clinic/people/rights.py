"""What each role may do, in plain words. The owner of a permission says what it means; the groups say who has it."""

from dataclasses import dataclass

from django.contrib.auth.models import Permission

from clinic.lib.registry import Registry


@dataclass(frozen=True)
class Right:
    """One thing that colleagues may do or not. `permissions` always go together; the first of them is its `code`."""

    words: str
    permissions: tuple[str, ...]

    @property
    def code(self):
        return self.permissions[0]


RIGHTS = Registry("right")


def register(words, *permissions):
    RIGHTS.register(Right(words, permissions))


@dataclass(frozen=True)
class RightsOfRole:
    """`may` and `may_not` together are every right there is."""

    role: str
    may: list[str]
    may_not: list[str]

    @property
    def label(self):
        return self.role.label


def of_roles(roles):
    """For each of these roles what it may do, and what it may not. One query."""
    held = {role: set() for role in roles}
    rows = Permission.objects.filter(group__name__in=roles)
    for role, label, codename in rows.values_list("group__name", "content_type__app_label", "codename").order_by():
        held[role].add(f"{label}.{codename}")
    return [_of_role(role, held[role]) for role in roles]


def _of_role(role, held):
    may = [right.words for right in RIGHTS if right.code in held]
    return RightsOfRole(role, may, [right.words for right in RIGHTS if right.code not in held])
