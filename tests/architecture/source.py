"""The project's own files, as the architecture tests read them."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ["clinic", "procedures", "aftercare"]  # each may know those before it


def python_files(*folders, migrations=False):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if migrations or "migrations" not in path.parts:
                yield path


def templates():
    return [path for folder in ("templates", *PACKAGES) for path in sorted((ROOT / folder).rglob("*.html"))]


def text_templates():
    """Letters and SMS."""
    return sorted((ROOT / "templates").rglob("*.txt"))


@cache
def tree_of(path):
    return ast.parse(path.read_text(), filename=str(path))


def where(path, node_or_line):
    line = getattr(node_or_line, "lineno", node_or_line)
    return f"{path.relative_to(ROOT)}:{line}"


def functions_of(path):
    return [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@cache
def tracked_files():
    """What git tracks, and what is new and not ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]
