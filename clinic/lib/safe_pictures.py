"""Uploaded pictures: decoded with limits, so that they can be written again from their pixels alone.

Nothing else survives: no place, no camera, no names in comments, no second file hidden behind the first.
"""

import io
import threading

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from clinic.lib import foreign_pictures

MAX_BYTES = settings.UPLOAD_MAX_BYTES
MAX_PIXELS = 40_000_000
FORMATS = ["PNG", "JPEG", "WEBP"]
STILLS_WITH_A_PREVIEW = "MPO"  # a JPEG in which some phones put a second, smaller picture
GREY = {"1", "L", "LA", "I", "I;16", "I;16B", "I;16L", "F"}

# One picture at a time in each process: decoding the largest one allowed takes several hundred megabytes.
_decoding = threading.Lock()


class PictureRefused(Exception):
    """`str(error)` is a sentence fit for the user that says why, without the file's name. The caller shows it."""


def decoded(file, write):
    """What `write(pixels, is_photograph=)` makes of the picture in an open binary file. Raises PictureRefused.

    PNG, JPEG and WebP by their content, whatever the name says; at most MAX_BYTES and MAX_PIXELS; one still picture.
    """
    data = file.read(MAX_BYTES + 1)
    if not data:
        raise PictureRefused(_("The file is empty."))
    if len(data) > MAX_BYTES:
        raise too_large()
    with _decoding:
        return _decoded(data, write)


def too_large(name=""):
    """With what its name says about it: nobody has looked into the file."""
    hint = foreign_pictures.hint_of_name(name)
    return PictureRefused(hint or _("It is larger than 20 MB. Save it smaller, then add it again."))


def _decoded(data, write):
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            _refuse_unfit(image)
            is_photograph = image.format != "PNG"
            return write(_pixels(image), is_photograph=is_photograph)
    except PictureRefused:
        raise
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except MemoryError:  # 40 million pixels take up to 600 MB: the picture is all right, the machine is full
        raise PictureRefused(
            _("We have no room to look at it now. Try again in a few minutes, or save it smaller.")
        ) from None
    except Image.UnidentifiedImageError:
        hint = foreign_pictures.hint(data)
        raise PictureRefused(hint or _("It is not a PNG, JPEG or WebP picture.")) from None
    except Exception:  # whatever a decoder may raise for forged bytes
        raise PictureRefused(_("The picture is damaged and cannot be read. Save it again, then add it.")) from None


def _refuse_unfit(image):
    """Read from the header alone, before any pixel is decoded."""
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise _too_many_pixels()
    if getattr(image, "n_frames", 1) > 1 and image.format != STILLS_WITH_A_PREVIEW:
        raise PictureRefused(_("It is a moving picture. Save the one still that matters, then add it."))


def _too_many_pixels():
    return PictureRefused(_("It has more than 40 million pixels. Save it smaller, then add it."))


def _pixels(image):
    """The decoded picture in grey or in colour, the right way up, with nothing else about it."""
    image.load()
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):
        # 16 bits a pixel: the upper eight are what a screen shows.
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode == "P" or image.has_transparency_data:
        image = _on_black(image)
    if image.mode not in ("L", "RGB"):
        image = image.convert("L" if image.mode in GREY else "RGB")
    image.info = {}
    return image


def _on_black(image):
    """Transparent parts become black, like the background of an ultrasound picture."""
    image = image if image.mode == "RGBA" else image.convert("RGBA")
    ground = Image.new("RGB", image.size)
    ground.paste(image, mask=image.getchannel("A"))
    return ground
