"""What a role may do is said in plain words, and every right that a role has is among them."""

import pytest
from django.contrib.auth.models import Permission

from aftercare.permissions import ROLE_PERMISSIONS as OF_AFTERCARE
from clinic.models import Role
from clinic.people import rights
from clinic.people.rights import RIGHTS
from clinic.permissions import ROLE_PERMISSIONS as OF_CLINIC
from procedures.permissions import ROLE_PERMISSIONS as OF_PROCEDURES

TABLES = (OF_CLINIC, OF_PROCEDURES, OF_AFTERCARE)


def given(role):
    return {label for table in TABLES for label in table.get(role, ())}


def test_every_right_of_a_role_is_said_once():
    said = [label for right in RIGHTS for label in right.permissions]

    assert sorted(said) == sorted({label for role in Role for label in given(role)})


@pytest.mark.parametrize("role", Role)
def test_what_is_said_in_one_sentence_is_given_together(role):
    halves = [right.words for right in RIGHTS if len({label in given(role) for label in right.permissions}) == 2]

    assert halves == []


@pytest.mark.django_db
def test_roles_say_what_their_groups_may_and_the_rest_is_what_they_may_not():
    desk, physician = rights.of_roles([Role.DESK, Role.PHYSICIAN])

    sign = "Plan injections, write and sign records, review answers"
    assert (sign in desk.may, sign in desk.may_not) == (False, True)
    assert (sign in physician.may, sign in physician.may_not) == (True, False)
    assert len(desk.may) + len(desk.may_not) == len(list(RIGHTS))


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_groups_hold_what_the_tables_say_and_nothing_else(role):
    labels = Permission.objects.filter(group__name=role).values_list("content_type__app_label", "codename")

    assert {f"{app}.{name}" for app, name in labels} == given(role)
