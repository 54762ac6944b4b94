"""The figures of the house, one per line: `python -m tests.architecture.report`.

They count the three packages without migrations, unless a line says otherwise; who reads a key is looked for in the
tests, too. Figures that a law of the house sets to 0 are tests in this folder, too.
"""

import ast
import hashlib
import re
from collections import defaultdict
from itertools import pairwise
from statistics import median, quantiles

from tests.architecture import house
from tests.architecture.source import PACKAGES, ROOT, functions_of, python_files, templates, text_templates, tree_of
from tests.architecture.template_codes import codes_in_templates

FEW_ARGUMENTS = 5
TEMPLATE_LINE = 160
RUN_LINES = 6  # a shorter run is just how the language looks, not duplication
# Words with which a key is taken apart.
TAKES_APART = {"split", "rsplit", "partition", "rpartition", "removeprefix", "removesuffix", "startswith", "endswith"}
TAKES_APART |= {"replace", "find", "index"}
# Who may read a key, and why.
MAY_READ_A_KEY = {
    "clinic/accounts.py": "the key of django-allauth's link for a new password",
    "tests/clinic/migrations/test_about_from_keys.py": "the migration made columns of what keys said until then",
    "tests/clinic/messaging/test_letters.py": "a letter planned last year and today must have the same key",
    "tests/clinic/messaging/test_archive.py": "a letter that is sent again has a key of its own",
    "tests/clinic/messaging/test_outcomes.py": "so has one that goes by the other channel instead",
    "tests/architecture/test_keys.py": "shows what the law finds",
}
KEY_LOOKUP = re.compile(r"(\w+__)?key__i?(startswith|contains|endswith|regex)")
KEY_SPELT = re.compile(r"(appointment|procedure|waitlist):")
KEY_IN_TEMPLATE = re.compile(r"""["'] in (item|message|sent)\.key|\b(item|message|sent)\.key\|""")


def main():
    for name, figure in figures():
        print(f"{name:<60}{figure}")


def figures():
    """(name, figure) of each line, the figures formatted."""
    yield from _sizes()
    yield "rooms at an app's top level", " / ".join(str(_rooms_of(package)) for package in PACKAGES)
    yield "arrows against the law", len(house.against_the_law())
    yield "pairs of packages that import each other", len(house.two_way_pairs(depth=1))
    yield "pairs of rooms that import each other", len(house.two_way_pairs(depth=2))
    yield "places that read a key's text, tests included", len(places_that_read_a_key())
    yield "codes of a status or kind in templates", len(codes_in_templates())
    yield f"template lines over {TEMPLATE_LINE} characters", len(long_template_lines())
    yield f"runs of {RUN_LINES} lines and more that stand twice", len(duplicated_runs())


def _sizes():
    files = list(python_files(*PACKAGES))
    lines = [len(path.read_text().splitlines()) for path in files]
    functions = [function for path in files for function in functions_of(path)]
    lengths = [function.end_lineno - function.lineno + 1 for function in functions]
    many = sum(_arguments(function) > FEW_ARGUMENTS for function in functions)
    tests = sum(len(path.read_text().splitlines()) for path in python_files("tests"))
    yield "files", len(files)
    yield "lines", sum(lines)
    yield "lines of a file, median / p95 / most", f"{median(lines):.0f} / {_p95(lines)} / {max(lines)}"
    yield "functions", len(functions)
    yield "lines of a function, median / p95 / most", f"{median(lengths):.0f} / {_p95(lengths)} / {max(lengths)}"
    yield f"functions with over {FEW_ARGUMENTS} arguments, per 1,000 lines", f"{1000 * many / sum(lines):.2f} ({many})"
    yield "share of the lines in views", f"{100 * _lines_in_views(files) / sum(lines):.0f} %"
    yield "lines of tests for each line", f"{tests / sum(lines):.2f}"


def _p95(numbers):
    return round(quantiles(numbers, n=20)[-1])


def _arguments(function):
    named = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return len([argument for argument in named if argument.arg not in ("self", "cls")])


def _lines_in_views(files):
    return sum(len(path.read_text().splitlines()) for path in files if "views" in path.relative_to(ROOT).parts)


def _rooms_of(package):
    """The folders and modules at the top of a package."""
    entries = [path for path in (ROOT / package).iterdir() if path.name not in ("__init__.py", "__pycache__")]
    return len([path for path in entries if path.is_dir() or path.suffix == ".py"])


def places_that_read_a_key():
    """Where the key of a message or work item is parsed: lookups, words that take it apart, templates; in tests also
    where one is spelt out to be compared. A key that the test itself made, like "visit:1", is opaque to it.
    """
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in python_files(*PACKAGES, "tests")
        if str(path.relative_to(ROOT)) not in MAY_READ_A_KEY
        for node in _readers(path)
    ]
    for path in templates():
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            if KEY_IN_TEMPLATE.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    return found


def _readers(path):
    is_test = "tests" in path.parts
    return [node for node in ast.walk(tree_of(path)) if _reads_a_key(node) or (is_test and _spells_a_key(node))]


def _spells_a_key(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(KEY_SPELT.match(node.value))


def _reads_a_key(node):
    match node:
        case ast.keyword(arg=str(name)):
            return bool(KEY_LOOKUP.fullmatch(name))
        case ast.Attribute(attr=name, value=value):
            return name in TAKES_APART and _is_key(value)
        case (
            ast.Subscript(value=ast.Attribute(attr="key"))
            | ast.Compare(ops=[ast.In()], comparators=[ast.Attribute(attr="key")])
        ):
            return True
    return False


def _is_key(node):
    return getattr(node, "attr", getattr(node, "id", "")) == "key"


def long_template_lines():
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in [*templates(), *text_templates()]
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if len(line) > TEMPLATE_LINE
    ]


def duplicated_runs():
    """Pairs of places that share a run: the same lines in the same order, but for indentation, imports and comments."""
    places = defaultdict(list)
    for path in python_files(*PACKAGES):
        lines = _telling_lines(path)
        for first in range(len(lines) - RUN_LINES + 1):
            run = "\n".join(line for _number, line in lines[first : first + RUN_LINES])
            places[hashlib.sha256(run.encode()).digest()].append((path, lines[first][0], first))
    pairs = [(a, b) for same in places.values() for a, b in pairwise(same)]
    begun = {(a[0], a[2], b[0], b[2]) for a, b in pairs}
    return [
        f"{a[0].relative_to(ROOT)}:{a[1]} {b[0].relative_to(ROOT)}:{b[1]}"
        for a, b in pairs
        if (a[0], a[2] - 1, b[0], b[2] - 1) not in begun  # otherwise it continues a run from the line above
    ]


def _telling_lines(path):
    """(number, text) of the lines that say something: not empty, no comment, no import, no lone bracket."""
    imports = {
        number
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for number in range(node.lineno, node.end_lineno + 1)
    }
    numbered = enumerate((line.strip() for line in path.read_text().splitlines()), start=1)
    return [
        (number, line)
        for number, line in numbered
        if number not in imports and not line.startswith("#") and any(letter.isalnum() for letter in line)
    ]


if __name__ == "__main__":
    main()
