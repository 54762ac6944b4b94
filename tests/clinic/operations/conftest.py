"""What tests of operations begin with."""

import pytest


@pytest.fixture
def no_other_memory(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    settings.MEMORY_DIR = tmp_path / "memory"
