"""Ultrasound pictures: nothing hostile gets in, and nothing but the pixels is stored."""

import io
import os
import subprocess
import sys

import pytest
from django.conf import settings as clinic_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from procedures.errors import RecordSigned
from procedures.models import UltrasoundImage
from procedures.records import images, signing
from tests import factories
from tests.architecture.source import ROOT
from tests.clinic.lib.hostile_images import CLEANED, REFUSED, SECRET, exif, png, saved, speckle


def cleaned(data):
    return images.clean(io.BytesIO(data))


def opened(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def test_corpus_is_large_enough():
    assert len(REFUSED) + len(CLEANED) >= 40


@pytest.mark.once
@pytest.mark.parametrize("name", REFUSED)
def test_hostile_picture_is_refused_in_a_sentence(name):
    with pytest.raises(images.PictureRefused) as refused:
        cleaned(REFUSED[name]())

    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert SECRET.decode() not in sentence


@pytest.mark.once
@pytest.mark.parametrize("name", CLEANED)
def test_picture_is_written_anew_from_its_pixels_alone(name):
    picture = cleaned(CLEANED[name]())

    for data in (picture.whole, picture.thumbnail):
        image = opened(data)
        assert image.format in ("PNG", "JPEG")
        assert image.mode in ("L", "RGB")
        assert SECRET not in data
        assert b"Kan" not in data
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert not any(word in data for word in (b"PK\x03\x04", b"<script", b"Exif", b"acsp", b"tEXt", b"iTXt"))
    assert opened(picture.whole).size == (picture.width, picture.height)
    assert max(opened(picture.thumbnail).size) <= max(images.THUMBNAIL)


@pytest.mark.once
def test_picture_is_the_same_picture():
    original = speckle("L")

    assert opened(cleaned(saved(original)).whole).tobytes() == original.tobytes()


@pytest.mark.once
def test_picture_stands_upright():
    left_white = Image.new("L", (40, 20), 0)
    left_white.paste(255, (0, 0, 20, 20))

    upright = opened(cleaned(saved(left_white, "JPEG", exif=exif(6))).whole)  # to be turned clockwise

    assert (upright.size, upright.getpixel((10, 5)) > 200, upright.getpixel((10, 35)) < 50) == ((20, 40), True, True)


@pytest.mark.once
def test_sixteen_bits_keep_their_shades():
    rows = b"".join(b"\0" + bytes([shade, 0]) * 64 for shade in range(0, 240, 5))

    picture = opened(cleaned(png(depth=16, rows=rows)).whole)

    assert [picture.getpixel((0, row)) for row in (0, 10, 40)] == [0, 50, 200]


PEAK = """
import re, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_AS, (2_000_000_000, 2_000_000_000))
import django; django.setup()
from clinic.lib.safe_pictures import PictureRefused
from procedures.records import images
def most_mb():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024
before = most_mb()
for path in sorted(Path(sys.argv[1]).iterdir()):
    with path.open("rb") as file:
        try:
            images.clean(file)
            print("cleaned", path.name)
        except PictureRefused:
            print("refused", path.name)
print(before, most_mb())
"""
LARGEST = {
    "colour": lambda: saved(Image.new("RGB", (8000, 5000)), "JPEG"),
    "turned": lambda: saved(Image.new("RGB", (8000, 5000)), "JPEG", exif=exif(6)),
    "alpha": lambda: saved(Image.new("RGBA", (8000, 5000))),
    "cmyk": lambda: saved(Image.new("CMYK", (8000, 5000)), "JPEG"),
    "sixteen": lambda: png(8000, 5000, depth=16, rows=(b"\0" + b"\x80\0" * 8000) * 5000),
}


@pytest.mark.once
@pytest.mark.parametrize(
    ("verdict", "corpus", "most_mb"), [("refused", REFUSED, 250), ("cleaned", LARGEST, 700)], ids=["hostile", "largest"]
)
def test_memory_is_bounded(verdict, corpus, most_mb, tmp_path):
    """In a process of its own, which may not use more than 2 GB."""
    for name, make in corpus.items():
        (tmp_path / name.replace("/", "_")).write_bytes(make())
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", PEAK, tmp_path], cwd=ROOT, env=env, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr

    *verdicts, memory = done.stdout.splitlines()
    before, peak = map(int, memory.split())
    print(f"{verdict}: {peak} MB at the most, {peak - before} MB of it for pictures")
    assert [line for line in verdicts if not line.startswith(verdict)] == []
    assert len(verdicts) == len(corpus)
    assert peak - before < most_mb


# The pictures of a record


@pytest.fixture
def draft(db):
    return factories.draft()


def add(draft, data=None):
    file = io.BytesIO(data or saved())
    file.name = "picture.png"
    (image,), _refused = images.add(draft, [file], by=factories.user(), at=timezone.now())
    return image


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def test_picture_lies_outside_the_web_root_under_a_random_name(draft, folder):
    image = add(draft)

    assert files(folder) == sorted([image.name, images.thumbnail_name(image.name)])
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert clinic_settings.STATIC_ROOT not in images.path_of(image).parents
    assert len(image.name) > 32


def test_same_picture_is_saved_once(draft, folder):
    data = saved()
    add(draft, data)
    again = [SimpleUploadedFile(name, content) for name, content in (("a", data), ("b", saved()), ("c", data))]

    added, refused = images.add(draft, again, by=factories.user(), at=timezone.now())

    assert (len(added), [(name, "already" in str(why)) for name, why in refused]) == (1, [("a", True), ("c", True)])
    assert (UltrasoundImage.objects.count(), len(files(folder))) == (2, 4)


def test_signed_record_takes_no_picture_and_gives_none_away(draft, folder):
    factories.protocol()
    image = add(draft)
    signing.sign(draft, by=factories.user(), at=timezone.now())

    for act in (lambda: add(draft), lambda: images.remove(image), lambda: images.describe(draft, {})):
        with pytest.raises(RecordSigned):
            act()

    assert len(files(folder)) == 2


def test_removed_picture_is_gone_after_the_commit(draft, folder, django_capture_on_commit_callbacks):
    image = add(draft)

    with django_capture_on_commit_callbacks(execute=True):
        images.remove(image)
        assert len(files(folder)) == 2

    assert (files(folder), UltrasoundImage.objects.count()) == ([], 0)
