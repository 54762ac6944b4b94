"""Every file, folder and module that the documents for newcomers name is there."""

import re
from importlib.util import find_spec

import pytest

from tests.architecture.source import PACKAGES, ROOT

pytestmark = pytest.mark.once

DOCUMENTS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "docs/architecture.md"]
MADE_BY_RUNNING = ("data/", "email-html/")
FILE = re.compile(r"\.(py|md|toml|svg|png|txt|in)$")
LINK, CODE, FENCED = re.compile(r"\]\(([^)#\s]+)\)"), re.compile(r"`([^`]+)`"), re.compile(r"```.*?```", re.DOTALL)


def paths_in(text):
    """Of this project: no addresses of pages (`/desk/`) or of the web, nothing that appears while the clinic runs."""
    text = FENCED.sub("", text)
    words = [*LINK.findall(text), *(word for code in CODE.findall(text) for word in code.split())]
    paths = [word for word in words if "/" in word or FILE.search(word)]
    return [path for path in paths if not path.startswith(("/", ".", "http", *MADE_BY_RUNNING))]


def is_there(path, *, beside=ROOT):
    """`<topic>` and `*` stand for any name; a bare name like `delivery.py` or `channels/` is somewhere in the house."""
    pattern = re.sub(r"<\w+>", "*", path).rstrip("/")
    packages = [ROOT / package for package in PACKAGES]
    in_full = any(any(place.glob(pattern)) for place in (ROOT, beside, *packages))
    return in_full or ("/" not in pattern and any(any(package.rglob(pattern)) for package in packages))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_path_in_a_document_is_there(name):
    document = ROOT / name

    assert [path for path in paths_in(document.read_text()) if not is_there(path, beside=document.parent)] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_of_a_document_is_there(name):
    modules = re.findall(r"python -m (tests[\w.]*)", (ROOT / name).read_text())

    assert [module for module in modules if find_spec(module) is None] == []


def test_a_path_that_is_gone_is_found():
    text = (
        "See `clinic/messaging/`, `gone.py`, [this](docs/gone.svg), `views/<door>/gone.py`, `/desk/`, `tests/<app>/`."
    )

    assert [path for path in paths_in(text) if not is_there(path)] == [
        "docs/gone.svg",
        "gone.py",
        "views/<door>/gone.py",
    ]


def test_readme_has_a_map_of_at_most_15_rows():
    map_of_code = (ROOT / "README.md").read_text().split("## A map of the code")[1].split("\n## ")[0]

    assert 10 < len(re.findall(r"^\| (?!who uses it)\w", map_of_code, re.MULTILINE)) <= 15
