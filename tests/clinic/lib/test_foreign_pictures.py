"""What people add instead of a picture is named, with how to make a picture of it; forged bytes change nothing else."""

import io

import pytest
from PIL import Image

from clinic.lib import foreign_pictures, safe_pictures

FILLED = b"\0" * 200
FOREIGN = {
    "DICOM": b"\0" * 128 + b"DICM" + FILLED,
    "DICOM without preamble": b"\x08\x00\x05\x00CS" + FILLED,
    "HEIC": b"\0\0\0\x18ftypheic" + FILLED,
    "PDF": b"%PDF-1.7" + FILLED,
    "film of a telephone": b"\0\0\0\x18ftypqt  " + FILLED,
    "film": b"RIFF\0\0\0\0AVI " + FILLED,
    "ZIP": b"PK\x03\x04" + FILLED,
    "AVIF": b"\0\0\0\x18ftypavif" + FILLED,
}
SAID = [
    "DICOM file",
    "DICOM file",
    "HEIC picture",
    "PDF document",
    "a film",
    "a film",
    "a packed folder",
    "AVIF picture",
]


def refusal(data):
    with pytest.raises(safe_pictures.PictureRefused) as refused:
        safe_pictures.decoded(io.BytesIO(data), lambda pixels, is_photograph: None)
    return str(refused.value)


@pytest.mark.parametrize(("name", "said"), list(zip(FOREIGN, SAID, strict=True)))
def test_file_that_is_no_picture_is_named_and_what_to_do_is_said(name, said):
    sentence = refusal(FOREIGN[name])

    assert said in sentence
    assert sentence.endswith((".", ".”"))
    assert "hen add " in sentence


@pytest.mark.parametrize("form", ["GIF", "TIFF", "BMP"])
def test_picture_of_another_kind_is_named(form):
    file = io.BytesIO()
    Image.new("L", (4, 4)).save(file, form)

    assert refusal(file.getvalue()) == f"It is a {form} picture. Open it, save it as PNG or JPEG, then add that."


@pytest.mark.parametrize("data", [b"MZ" + FILLED, b"text", b"\x08\x00"])
def test_what_nobody_knows_gets_the_plain_sentence(data):
    assert refusal(data) == "It is not a PNG, JPEG or WebP picture."


def test_picture_with_a_preamble_of_something_else_is_a_picture_still():
    file = io.BytesIO()
    Image.new("L", (4, 4)).save(file, "PNG")

    assert safe_pictures.decoded(io.BytesIO(file.getvalue() + b"%PDF"), lambda pixels, is_photograph: pixels.size) == (
        4,
        4,
    )


@pytest.mark.parametrize(("name", "said"), [("loop.DCM", "DICOM"), ("a.mov", "film"), ("a.png", "larger than 20 MB")])
def test_file_too_large_to_be_looked_at_is_told_by_its_name(name, said):
    assert said in str(safe_pictures.too_large(name))


def test_every_ending_has_a_sentence():
    assert all(foreign_pictures.hint_of_name(f"x{ending}") for ending in foreign_pictures.ENDINGS)
