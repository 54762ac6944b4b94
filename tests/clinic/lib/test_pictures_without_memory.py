"""A large picture on a machine that is full: it is not the picture that is damaged."""

import os
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT

SCRIPT = """
import io, resource
import django
django.setup()
from PIL import Image
from clinic.lib import safe_pictures
file = io.BytesIO()
Image.new("RGB", (6300, 6300)).save(file, "PNG")
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
room = used + 60 * 1024 * 1024  # half of what its pixels take
resource.setrlimit(resource.RLIMIT_AS, (room, room))
file.seek(0)
try:
    safe_pictures.decoded(file, lambda pixels, is_photograph: None)
except safe_pictures.PictureRefused as refusal:
    print(refusal)
"""


@pytest.mark.once
@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="limits memory as Linux does")
def test_picture_that_finds_no_memory_is_not_called_damaged(tmp_path):
    env = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "clinic.settings"}

    said = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )

    assert said.stdout == "We have no room to look at it now. Try again in a few minutes, or save it smaller.\n"
