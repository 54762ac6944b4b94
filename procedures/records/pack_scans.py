"""What a scanner reads from a pack of medicine: the GS1 DataMatrix that the EU requires on it.

Regulation (EU) 2016/161, article 4: product code, serial number, batch number and expiry date. GS1 General
Specifications: 01 is the product (GTIN), 10 the lot, 17 the expiry date (a day of 00 is the last of the month), 21 the
serial number, and a separator (FNC1, sent as the character GS) ends each part whose length is not fixed.
"""

import re
from dataclasses import dataclass
from datetime import date

from biip import ParseError, parse
from biip.gs1_messages import GS1Message
from biip.gtin import Gtin
from django.utils.translation import gettext_lazy as _

from clinic.errors import DomainError

GS = "\x1d"
PRODUCT, LOT, EXPIRES, SERIAL, EXPIRES_WITH_TIME = "01", "10", "17", "21", "7003"
LONGEST = 200
# What scanners and keyboards make of the separator. Other signs that GS1 has no use for are taken for it, too.
WRITTEN_SEPARATORS = re.compile(r"<GS>|\{GS\}|\[GS\]|\\x1d|\\u001d|[^A-Za-z0-9!\"%&'()*+,\-./:;<=>?_ ]+", re.IGNORECASE)
SYMBOLOGY = re.compile(r"^\](d2|C1|Q3|e0|E0|d1|Q1)")
# The row of digits on a Lithuanian keyboard, when the scanner believes that it types on an English one
LITHUANIAN_DIGITS = str.maketrans("ąčęėįšųūĄČĘĖĮŠŲŪ", "1234567812345678")
OTHER_KINDS = re.compile(r"^\[\)>|^9N[0-9]{8}")  # ISO 15434 and the German PPN


class ScanUnreadable(DomainError):
    sentence = _("We cannot read a medicine’s code in this. Scan the square code once more, or type the lot and date.")


@dataclass(frozen=True)
class Scan:
    """What the code said; "" and None for what it did not say. `gtin` has 14 digits.

    `has_lost_separators`: lot and serial number cannot be told apart, so that neither is used.
    """

    gtin: str
    lot: str = ""
    expires_on: date | None = None
    has_lost_separators: bool = False


def looks_scanned(text):
    """True for what nobody types as a lot number: the beginning of a GS1 code, as scanners send or people read it."""
    plain = _plain(text)
    return bool(
        SYMBOLOGY.match(text.strip())
        or OTHER_KINDS.match(text.strip())
        or plain.startswith("(01)")
        or (re.match(r"01[0-9]{14}", plain) and (len(plain) > 16 or _is_gtin(plain[2:16])))
        or (GS in text and re.search(r"(^|\x1d)(01[0-9]{14}|17[0-9]{6})", plain))
    )


def read(text):
    """The Scan in what a scanner typed. Raises ScanUnreadable for everything that names no product."""
    if OTHER_KINDS.match(text.strip()):
        raise ScanUnreadable(_("A code of this kind (PPN) we cannot read. Type the product, the lot and the date."))
    plain = _plain(text)[:LONGEST]
    parts = _parts_of(plain)
    if PRODUCT not in parts or not gtin_of(parts[PRODUCT][0]):
        raise ScanUnreadable
    lot = parts.get(LOT, ("", None))[0]
    is_lost = _may_hide_more(lot, plain, parts)
    return Scan(
        gtin=parts[PRODUCT][0],
        lot="" if is_lost else lot.upper(),
        expires_on=_expiry(parts),
        has_lost_separators=is_lost,
    )


def gtin_of(text):
    """The 14 digits of a number as it is printed or scanned, with its check digit right; "" if it is none."""
    digits = "".join(text.split())
    if not digits.isascii() or not digits.isdigit() or not _is_gtin(digits):
        return ""
    return digits.zfill(14)


def _is_gtin(digits):
    try:
        return bool(Gtin.parse(digits))
    except ParseError:
        return False


def _plain(text):
    """Without the scanner's own signs, and with each separator as one GS."""
    text = text.strip(" \t\r\n").translate(LITHUANIAN_DIGITS)
    return WRITTEN_SEPARATORS.sub(GS, SYMBOLOGY.sub("", text)).strip(GS)


def _parts_of(plain):
    """Number of each part -> (its value, its date). Raises ScanUnreadable."""
    try:
        if plain.startswith("("):
            message = GS1Message.parse_hri(plain)
        elif gtin := gtin_of(plain):
            return {PRODUCT: (gtin, None)}
        else:
            message = parse(plain).gs1_message
    except ParseError:
        message = None
    if message is None:
        raise ScanUnreadable
    return {part.ai.ai: (part.value, part.date or part.datetime) for part in message.element_strings}


def _expiry(parts):
    found = next((parts[kind][1] for kind in (EXPIRES, EXPIRES_WITH_TIME) if kind in parts), None)
    return found.date() if hasattr(found, "date") else found


def _may_hide_more(lot, plain, parts):
    """A scanner that drops the separator makes one long lot of the lot and what follows it.

    Seen by a part that each pack has and that is not there, but could stand in the lot.
    """
    if GS in plain or plain.startswith("("):
        return False
    hidden = (SERIAL not in parts and "21" in lot[1:-1]) or (EXPIRES not in parts and re.search("17[0-9]{6}", lot[1:]))
    return bool(hidden)
