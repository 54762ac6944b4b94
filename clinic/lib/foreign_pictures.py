"""Files that people add in good faith and that are no picture we take: what it is, and how to make a picture of it.

Known by their first bytes, as the name says little; by the ending where a file was too large to be looked at.
"""

from pathlib import PurePath

from django.utils.translation import gettext_lazy

DICOM = gettext_lazy(
    "It is a DICOM file, as ultrasound machines keep them. At the machine or in the picture archive (PACS) choose "
    "“Export” as PNG or JPEG, on a USB stick often called “PC format”. Then add that picture."
)
HEIC = gettext_lazy(
    "It is a HEIC picture, as iPhones take them. On the iPhone choose Settings, Camera, Formats, “Most Compatible” and "
    "take it again, or make a screenshot of it. Then add that."
)
FILM = gettext_lazy("It is a film. Stop it at the one still that matters, save that as PNG or JPEG, then add it.")
PDF = gettext_lazy("It is a PDF document. Open it, make a screenshot of the picture in it, then add that.")
PACKED = gettext_lazy("It is a packed folder (ZIP) or a document. Unpack it, then add the pictures in it one by one.")
OTHER = gettext_lazy("It is a %(format)s picture. Open it, save it as PNG or JPEG, then add that.")

# A DICOM file without its preamble begins with a group of elements, two bytes each in either order.
DICOM_GROUPS = (b"\x08\x00\x00\x00", b"\x08\x00\x01\x00", b"\x08\x00\x05\x00", b"\x02\x00\x00\x00", b"\x00\x08\x00\x05")
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
AVIF_BRANDS = (b"avif", b"avis")
STARTS = [
    (b"%PDF", PDF),
    (b"PK\x03\x04", PACKED),
    (b"7z\xbc\xaf", PACKED),
    (b"Rar!", PACKED),
    (b"\x1f\x8b", PACKED),
    (b"\xd0\xcf\x11\xe0", PACKED),
    (b"\x1a\x45\xdf\xa3", FILM),
    (b"\x00\x00\x01\xba", FILM),
    (b"\x00\x00\x01\xb3", FILM),
    (b"\x30\x26\xb2\x75", FILM),
    (b"GIF8", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"BM", "BMP"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"8BPS", "Photoshop"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"<svg", "SVG"),
]
ENDINGS = {".dcm": DICOM, ".dicom": DICOM, ".heic": HEIC, ".heif": HEIC, ".pdf": PDF, ".zip": PACKED}
ENDINGS |= dict.fromkeys([".mp4", ".mov", ".avi", ".mkv", ".webm", ".wmv", ".mpg", ".mpeg", ".m4v"], FILM)


def hint(data):
    """A sentence about the file that begins with `data` (132 bytes, if it has them); "" for what we do not know."""
    if data[128:132] == b"DICM" or data.startswith(DICOM_GROUPS):
        return str(DICOM)
    if data[4:8] == b"ftyp":
        return _of_brand(data[8:12])
    if data[:4] == b"RIFF" and data[8:12] == b"AVI ":
        return str(FILM)
    return next((_said(what) for start, what in STARTS if data.startswith(start)), "")


def hint_of_name(name):
    return str(ENDINGS.get(PurePath(name).suffix.lower(), ""))


def _of_brand(brand):
    """Of the container that films and the pictures of telephones share (ISO 14496-12)."""
    if brand in HEIC_BRANDS:
        return str(HEIC)
    return _said("AVIF") if brand in AVIF_BRANDS else str(FILM)


def _said(what):
    return OTHER % {"format": what} if isinstance(what, str) else str(what)
