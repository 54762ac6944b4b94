"""Where mails are written to."""

import pytest


@pytest.fixture
def folder(settings, tmp_path):
    """Where the embedded default puts e-mails."""
    settings.DATA_DIR, settings.EMAIL_URL = tmp_path, ""
    return tmp_path / "messages" / "email"
