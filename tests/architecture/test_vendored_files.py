"""What others made and we ship is exactly what the lock file beside it says: nothing more, nothing changed manually."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = [ROOT / "static/vendor/vendor.json", ROOT / "tests/vendor/vendor.json"]


def found_files(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "vendor.json"
    }


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.parent.parent.name)
def test_vendored_files_are_those_of_the_lock(lock):
    locked = {}
    for package in json.loads(lock.read_text()):
        locked |= package["files"]

    assert found_files(lock.parent) == locked


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.parent.parent.name)
def test_vendored_packages_name_their_version_and_licence(lock):
    for package in json.loads(lock.read_text()):
        folders = {Path(name).parent.name for name in package["files"]}
        short_name = package["name"].rsplit("/", 1)[-1]

        assert folders == {f"{short_name}-{package['version']}"}
        assert package["licence"] in {"MIT", "OFL-1.1", "MPL-2.0", "Bitstream-Vera"}
        assert any(name.endswith("LICENSE") for name in package["files"])


def test_subset_of_bootstrap_has_what_pages_use():
    """If it fails, run bin/bootstrap-subset."""
    answer = subprocess.run([sys.executable, ROOT / "bin/bootstrap-subset", "--check"], capture_output=True, text=True)

    assert (answer.stderr, answer.returncode) == ("", 0)
