"""Pictures that are not what they seem, made by code: each is either refused, or cleaned of everything it carried."""

import io
import struct
import zlib
from functools import partial

from PIL import ExifTags, Image, PngImagePlugin

SECRET = b"Kanarienvogel"  # is written wherever a file can hold text; it must survive nowhere
GPS = {ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: (54.0, 41.0, 14.0)}
SIZE = (64, 48)


def saved(image=None, form="PNG", **how):
    file = io.BytesIO()
    (image or speckle()).save(file, format=form, **how)
    return file.getvalue()


def speckle(mode="RGB", size=SIZE):
    """Grey noise like an ultrasound picture, in any mode."""
    return Image.effect_noise(size, 60).convert(mode)


def exif(orientation=1, *, with_gps=True):
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation] = orientation
    tags[ExifTags.Base.ImageDescription] = tags[ExifTags.Base.Artist] = SECRET.decode()
    if with_gps:
        tags.get_ifd(ExifTags.IFD.GPSInfo).update(GPS)
    return tags


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width=64, height=48, *, depth=8, colour=0, chunks=(), rows=None):
    """A PNG assembled byte by byte: the header may say anything."""
    rows = (b"\0" + b"\x80" * width) * height if rows is None else rows
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def png_words():
    words = PngImagePlugin.PngInfo()
    words.add_text("Patient", SECRET.decode())
    words.add_text("Comment", SECRET.decode(), zip=True)
    words.add_itxt("XML:com.adobe.xmp", f"<x>{SECRET.decode()}</x>")
    return words


def jpeg_header(width, height):
    """A JPEG whose header gives another size than its few pixels have."""
    data = bytearray(saved(form="JPEG"))
    start = data.index(b"\xff\xc0")
    data[start + 5 : start + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def webp_header(width, height):
    """The extended header of WebP, with a canvas of that size."""
    canvas = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + canvas + saved(form="WEBP", lossless=True)[12:]
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def icc():
    """A colour profile with a name in it."""
    return b"\0" * 36 + b"acsp" + b"\0" * 88 + SECRET


def moving(form, **how):
    frames = [speckle(), speckle("L").convert("RGB")]
    return saved(frames[0], form, save_all=True, append_images=frames[1:], duration=100, **how)


def cut(data, share=0.5):
    return data[: int(len(data) * share)]


def flipped(data, *, every):
    """Every nth byte after the header inverted."""
    return bytes(byte ^ 0xFF if place > 60 and place % every == 0 else byte for place, byte in enumerate(data))


HTML = b"<!doctype html><script>alert('" + SECRET + b"')</script>"
ZIP = b"PK\x03\x04" + SECRET + b"PK\x05\x06" + b"\0" * 18
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><image href="file:///etc/passwd"/></svg>'
BOMB_ROWS = b"\0" * 30_000_000

# name of the file -> a function that makes its bytes
REFUSED = {
    "empty.png": lambda: b"",
    "one-byte.jpg": lambda: b"\xff",
    "signature-only.png": lambda: b"\x89PNG\r\n\x1a\n",
    "text.png": lambda: b"not a picture",
    "page.jpg": lambda: HTML,
    "drawing.svg": lambda: SVG,
    "drawing-named.png": lambda: b'<?xml version="1.0"?>' + SVG,
    "still.gif": partial(saved, form="GIF"),
    "gif-named.png": partial(saved, form="GIF"),
    "scan.tiff": partial(saved, form="TIFF"),
    "tiff-named.jpg": partial(saved, form="TIFF"),
    "screen.bmp": partial(saved, form="BMP"),
    "icon.ico": partial(saved, form="ICO"),
    "letter.pdf": partial(saved, form="PDF"),
    "postscript.eps": partial(saved, form="EPS"),
    "psd-named.png": lambda: b"8BPS\0\1" + b"\0" * 20,
    "dicom.dcm": lambda: b"\0" * 128 + b"DICM" + SECRET,
    "program.exe": lambda: b"MZ" + b"\0" * 200,
    "archive.zip": lambda: ZIP,
    "html-before-png.png": lambda: HTML + saved(),
    "truncated.png": lambda: cut(saved()),
    "truncated.jpg": lambda: cut(saved(form="JPEG")),
    "truncated.webp": lambda: cut(saved(form="WEBP")),
    "header-only.jpg": lambda: saved(form="JPEG")[:40],
    "torn-checksums.png": lambda: flipped(saved(), every=97),
    "torn.webp": lambda: flipped(saved(form="WEBP", lossless=True), every=31),
    "bomb-50000x50000.png": lambda: png(50_000, 50_000, rows=BOMB_ROWS),
    "bomb-just-too-large.png": lambda: png(8_001, 5_000, rows=BOMB_ROWS),
    "bomb-2-billion-wide.png": lambda: png(2**31 - 1, 2**31 - 1, rows=b"\0"),
    "bomb-one-row.png": lambda: png(2**31 - 1, 1, rows=b"\0"),
    "bomb.jpg": lambda: jpeg_header(65_500, 65_500),
    "bomb.webp": lambda: webp_header(16_384, 16_384),
    "no-width.png": lambda: png(0, 48),
    "no-height.jpg": lambda: jpeg_header(64, 0),
    "too-few-rows.png": lambda: png(6_000, 6_000, rows=b"\0"),
    "word-bomb.png": lambda: png(chunks=[chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"A" * 80_000_000))]),
    "bad-depth.png": lambda: png(depth=3, colour=6),
    "bad-filter.png": lambda: png(rows=(b"\x09" + b"\x80" * 64) * 48),
    "moving.png": partial(moving, "PNG"),
    "moving.webp": partial(moving, "WEBP"),
    "moving.gif": partial(moving, "GIF"),
    "larger-than-20-MB.png": lambda: saved() + b"\0" * (20 * 1024 * 1024),
}
CLEANED = {
    "no-palette.png": lambda: png(colour=3),
    "plain.png": partial(saved),
    "plain.jpg": partial(saved, form="JPEG"),
    "plain.webp": partial(saved, form="WEBP"),
    "wrong-ending.gif": partial(saved, form="PNG"),
    "jpeg-named.png": partial(saved, form="JPEG"),
    "../../escape.png": partial(saved),
    "gps.jpg": lambda: saved(form="JPEG", exif=exif()),
    "gps.png": lambda: saved(exif=exif()),
    "gps.webp": lambda: saved(form="WEBP", exif=exif()),
    "turned.jpg": lambda: saved(form="JPEG", exif=exif(6)),
    "bad-orientation.jpg": lambda: saved(form="JPEG", exif=exif(77, with_gps=False)),
    "comment.jpg": lambda: saved(form="JPEG", comment=SECRET),
    "words.png": lambda: saved(pnginfo=png_words()),
    "profile.png": lambda: saved(icc_profile=icc()),
    "profile.jpg": lambda: saved(form="JPEG", icc_profile=icc()),
    "profile.webp": lambda: saved(form="WEBP", icc_profile=icc()),
    "xmp.webp": lambda: saved(form="WEBP", xmp=SECRET),
    "zip-behind.png": lambda: saved() + ZIP,
    "zip-behind.jpg": lambda: saved(form="JPEG") + ZIP,
    "html-behind.jpg": lambda: saved(form="JPEG") + HTML,
    "script-behind.webp": lambda: saved(form="WEBP") + HTML,
    "own-chunk.png": lambda: png(chunks=[chunk(b"prIv", SECRET)]),
    "cmyk.jpg": lambda: saved(speckle("CMYK"), "JPEG"),
    "sixteen-bit.png": lambda: png(depth=16, rows=(b"\0" + b"\x80\0" * 64) * 48),
    "one-bit.png": lambda: saved(speckle("1")),
    "grey.jpg": lambda: saved(speckle("L"), "JPEG"),
    "grey-alpha.png": lambda: saved(speckle("LA")),
    "palette.png": lambda: saved(speckle("P")),
    "palette-alpha.png": lambda: saved(speckle("P"), transparency=0),
    "alpha.png": lambda: saved(speckle("RGBA")),
    "alpha.webp": lambda: saved(speckle("RGBA"), "WEBP"),
    "progressive.jpg": partial(saved, form="JPEG", progressive=True),
    "interlaced-words.png": lambda: saved(pnginfo=png_words(), optimize=True),
    "phone-with-preview.jpg": lambda: saved(form="MPO", save_all=True, append_images=[speckle()]),
    "one-pixel.png": lambda: png(1, 1, rows=b"\0\x80"),
    "very-long.png": lambda: png(20_000, 1, rows=b"\0" + b"\x80" * 20_000),
}
