"""Each hazard of docs/hazards.toml has a control that exists and a test that runs. Whether it passes, pytest shows."""

import ast
import tomllib

import pytest

from tests.architecture.source import ROOT, tree_of

pytestmark = pytest.mark.once

HAZARDS = tomllib.loads((ROOT / "docs/hazards.toml").read_text())["hazard"]
# From the plan for reliability, section 4: none of them may be dropped.
EXPECTED = {
    "Anaesthetic overdose over sites, mixtures and same-day repeats",
    "Wrong side or site",
    "Wrong patient",
    "Pneumothorax",
    "Allergy or blood thinner overlooked",
    "Operator not credentialed",
    "Unsigned note, silent edit",
    "Aftercare not delivered",
    "Expired or recalled lot",
    "System down",
    "Wrong time shown",
}
CODE = (ast.FunctionDef, ast.ClassDef)


def named_in(address):
    """The function or class at file::name, or None."""
    file, _, name = address.partition("::")
    path = ROOT / file
    body = tree_of(path).body if path.exists() else []
    return next((node for node in body if isinstance(node, CODE) and node.name == name), None)


def is_collected(address):
    """A test function of a test file, not marked as skipped."""
    node = named_in(address)
    file = address.partition("::")[0].rpartition("/")[2]
    if not isinstance(node, ast.FunctionDef) or not (file.startswith("test_") and node.name.startswith("test_")):
        return False
    return not any("skip" in ast.unparse(mark) or "xfail" in ast.unparse(mark) for mark in node.decorator_list)


def test_no_hazard_is_dropped():
    assert EXPECTED - {hazard["name"] for hazard in HAZARDS} == set()


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda hazard: hazard["name"])
def test_hazard_has_its_control_and_its_proof(hazard):
    assert hazard["control"]
    assert hazard["proof"]
    assert [address for address in hazard["control"] if named_in(address) is None] == []
    assert [address for address in hazard["proof"] if not is_collected(address)] == []


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("tests/architecture/test_hazards.py::test_no_hazard_is_dropped", True),
        ("tests/architecture/test_hazards.py::test_that_is_not_there", False),
        ("tests/architecture/test_not_there.py::test_no_hazard_is_dropped", False),
        ("tests/architecture/test_hazards.py::named_in", False),
    ],
)
def test_missing_proof_is_noticed(address, found):
    assert is_collected(address) is found
