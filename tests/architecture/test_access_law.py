"""Who may see a patient is given in one place: nothing else adds a row of access, or makes an address open anything."""

import ast

from tests.architecture.source import PACKAGES, python_files, tree_of, where

GIVES_ACCESS = {"clinic/people/access.py"}
# A booking: the person who books says by which address the patient is reached, and a code to it opens the entry.
LETS_ADDRESSES_OPEN = {"clinic/people/registration.py"}
ADDS = {"create", "get_or_create", "update_or_create", "bulk_create", "acreate", "save"}
ROWS = {"PatientAccess", "patient_access", "access"}


def name_of(node):
    return getattr(node, "attr", None) or getattr(node, "id", "")


def adds_access(call):
    """`PatientAccess(...)`, or `create` and its like on PatientAccess.objects, user.patient_access, patient.access."""
    if name_of(call.func) == "PatientAccess":
        return True
    return name_of(call.func) in ADDS and bool(ROWS & set(owners(call)))


def owners(call):
    """What stands before the method, but a module of that name: `PatientAccess.objects`, `user.patient_access` ..."""
    node = getattr(call.func, "value", None)
    while isinstance(node, ast.Attribute):
        yield node.attr
        node = node.value
    if name_of(node) == "PatientAccess":
        yield "PatientAccess"


def opens_an_address(call):
    return any(
        word.arg == "was_booked_with" and not (isinstance(word.value, ast.Constant) and word.value.value is False)
        for word in call.keywords
        if name_of(call.func) not in ("filter", "exclude", "BooleanField")
    )


def changes_whose(call):
    """`.update(until=None)`, `.update(user=...)` or the patient of rows of access: what was ended is given again."""
    words = {word.arg: word.value for word in call.keywords}
    is_reopened = "until" in words and isinstance(words["until"], ast.Constant) and words["until"].value is None
    is_prolonged = "expires_at" in words and bool(ROWS & set(owners(call)))
    return name_of(call.func) == "update" and (is_reopened or is_prolonged)


def calls_where(holds, *, but):
    found = set()
    for path in python_files(*PACKAGES):
        place = where(path, 1).rpartition(":")[0]
        if place not in but and "/demo/" not in place:
            found |= {
                where(path, node) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call) and holds(node)
            }
    return sorted(found)


def test_only_access_gives_access():
    assert calls_where(adds_access, but=GIVES_ACCESS) == []


def test_nothing_gives_again_what_was_ended():
    assert calls_where(changes_whose, but=set()) == []


def test_only_a_booking_lets_an_address_open_its_patient():
    assert calls_where(opens_an_address, but=LETS_ADDRESSES_OPEN) == []


def test_the_law_finds_what_breaks_it():
    broken = [
        "PatientAccess(user=user)",
        "PatientAccess.objects.create(user=user)",
        "duplicate.access.create(user=user)",
        "user.patient_access.get_or_create(patient=patient)",
    ]
    opened = ["contacts.create(was_booked_with=True)", "contacts.update(was_booked_with=old.was_booked_with)"]

    assert [adds_access(ast.parse(line).body[0].value) for line in broken] == [True] * 4
    assert [opens_an_address(ast.parse(line).body[0].value) for line in opened] == [True] * 2
    assert changes_whose(ast.parse("rows.update(until=None)").body[0].value)
