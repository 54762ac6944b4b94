"""The rooms keep to the contracts in pyproject.toml: who may import whom, along chains of imports too."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

pytestmark = pytest.mark.once


def test_rooms_keep_to_their_contracts():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"]

    linted = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert linted.returncode == 0, linted.stdout + linted.stderr
