"""How the code reads, as far as a machine can tell."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import report
from tests.architecture.source import PACKAGES, ROOT, functions_of, python_files, templates, tree_of, where

pytestmark = pytest.mark.once

# Ceilings, not aims: half of all functions should be shorter than 8 lines.
FUNCTION_LINES = {"clinic": 40, "procedures": 40, "aftercare": 40, "tests": 40}
FILE_LINES = {"clinic": 300, "procedures": 300, "aftercare": 300, "tests": 300}
OURS = [*PACKAGES, "tests", "manage.py"]


def run_tool(name, *arguments):
    command = [Path(sys.executable).with_name(name), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def test_ruff_finds_nothing():
    assert run_tool("ruff", "check", "--quiet", "--output-format", "concise", *OURS) == ""


def test_code_is_formatted():
    assert run_tool("ruff", "format", "--check", "--quiet", "--output-format", "concise", *OURS) == ""


def test_templates_are_formatted():
    paths = [str(path) for path in templates()]

    assert run_tool("djade", "--check", "--target-version", "5.2", *paths) == ""


def test_functions_are_short():
    long = [
        f"{where(path, function)} {function.name}: {length(function)} lines"
        for path in python_files(*PACKAGES, "tests")
        for function in functions_of(path)
        if length(function) > ceiling(FUNCTION_LINES, path)
    ]

    assert long == []


def ceiling(lines, path):
    return lines[path.relative_to(ROOT).parts[0]]


def length(function):
    return function.end_lineno - function.lineno + 1


def test_files_are_short():
    lengths = {path: len(path.read_text().splitlines()) for path in python_files(*PACKAGES, "tests")}

    long = [f"{where(path, 1)}: {n} lines" for path, n in lengths.items() if n > ceiling(FILE_LINES, path)]
    assert long == []


def test_docstrings_name_errors_that_exist():
    trees = {path: list(ast.walk(tree_of(path))) for path in python_files(*PACKAGES, "tests")}
    known = {name for nodes in trees.values() for node in nodes for name in classes_named(node)}

    wrong = [
        f"{where(path, node)}: {name}"
        for path, nodes in trees.items()
        for node in nodes
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module)
        for sentence in RAISES.findall(ast.get_docstring(node) or "")
        for name in set(CAMEL_CASE.findall(sentence)) - known
    ]
    assert wrong == []


RAISES = re.compile(r"[Rr]aises [^.]*")
CAMEL_CASE = re.compile(r"\b[A-Z][a-z]+[A-Z]\w+")


def classes_named(node):
    """Classes that this place defines, imports or uses."""
    if isinstance(node, ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Import | ast.ImportFrom):
        return [alias.name for alias in node.names]
    return [node.attr] if isinstance(node, ast.Attribute) else [node.id] if isinstance(node, ast.Name) else []


def test_no_test_asserts_a_status_code_alone():
    alone = [
        f"{where(path, function)} {function.name}"
        for path in python_files("tests")
        for function in functions_of(path)
        if function.name.startswith("test_") and asserts_a_status_code_alone(function)
    ]

    assert alone == []


def asserts_a_status_code_alone(function):
    """Every assert only compares a status code with a literal, and nothing is expected to be raised."""
    nodes = list(ast.walk(function))
    asserts = [node.test for node in nodes if isinstance(node, ast.Assert)]
    raises = [node for node in nodes if isinstance(node, ast.Attribute) and node.attr == "raises"]
    return bool(asserts) and not raises and all(map(is_of_a_status_code, asserts))


def is_of_a_status_code(test):
    left = test.left if isinstance(test, ast.Compare) else test
    if isinstance(left, ast.ListComp):
        left = left.elt
    return isinstance(left, ast.Attribute) and left.attr == "status_code"


def test_lines_of_templates_are_short():
    """160 characters, of letters and SMS too."""
    assert report.long_template_lines() == []
