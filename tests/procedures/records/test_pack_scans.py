"""The square code on a pack of medicine, as scanners of every kind type it. The packs and lots are made up."""

from datetime import date

import pytest
import time_machine

from procedures.records import pack_scans
from procedures.records.pack_scans import GS, ScanUnreadable

GTIN = "04006381333931"
WHOLE = (GTIN, "AB-12", date(2027, 12, 31))


@pytest.mark.parametrize(
    "text",
    [
        f"]d201{GTIN}1727123110AB-12{GS}21XYZ9",  # with the scanner's mark of a DataMatrix
        f"{GS}01{GTIN}21XYZ9{GS}1727123110AB-12",
        f"01{GTIN}10AB-12{GS}1727123121XYZ9\r\n",
        f"01{GTIN}1727120010AB-12",  # a day of 00: the last of the month
        f"01{GTIN}10ab-12<GS>17271231",
        f"01{GTIN}10AB-12␝17271231",
        f"01{GTIN}10AB-12^]17271231",
        f"01{GTIN}10AB-12{GS}70032712311530",  # with the hour
        f"01{GTIN}7121234567{GS}10AB-12{GS}17271231",  # with a national number
        f"(01){GTIN}(17)271231(10)AB-12(21)XYZ9",  # as people read it
        f"(01) {GTIN} (17) 271231 (10) AB-12",
    ],
)
def test_code_says_product_lot_and_date(text):
    scan = pack_scans.read(text)

    assert pack_scans.looks_scanned(text)
    assert (scan.gtin, scan.lot, scan.expires_on, scan.has_lost_separators) == (*WHOLE, False)


def test_digits_of_a_lithuanian_keyboard_are_read():
    typed = f"01{GTIN}1727123110AB9".translate(str.maketrans("12345678", "ąčęėįšųū"))

    scan = pack_scans.read(typed)

    assert (scan.gtin, scan.lot, scan.expires_on) == (GTIN, "AB9", date(2027, 12, 31))


@pytest.mark.parametrize(("month", "last"), [("2702", 28), ("2802", 29), ("2704", 30), ("2712", 31)])
def test_day_of_nought_is_the_last_of_the_month(month, last):
    assert pack_scans.read(f"01{GTIN}17{month}0010A").expires_on == date(2000 + int(month[:2]), int(month[2:]), last)


@pytest.mark.parametrize(
    "text",
    [
        f"01{GTIN}1727123110AB1221XYZ9",  # the serial number runs into the lot
        f"01{GTIN}10AB1217271231",  # the date does
    ],
)
def test_lot_that_may_hold_more_than_the_lot_is_not_used(text):
    scan = pack_scans.read(text)

    assert (scan.gtin, scan.lot, scan.has_lost_separators) == (GTIN, "", True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "]d2",
        f"01{GTIN[:-1]}01727123110A",  # a digit is wrong
        f"01{GTIN[:-1]}217271231",
        f"01{GTIN}17271331",  # there is no month 13
        "1727123110AB12",  # no product
        "[)>\x1e06\x1d9N110375286414\x1d1TLOT\x1dD270100",  # German PPN
        "https://example.com/",
        "x" * 5_000,
    ],
)
def test_what_is_no_code_of_a_pack_is_refused_in_a_sentence(text):
    with pytest.raises(ScanUnreadable) as refusal:
        pack_scans.read(text)

    assert "type the " in str(refusal.value).lower()


@pytest.mark.parametrize("lot", ["LX1", "BUPI-2603", "0104", "01-2027", "1727123110", "2312345678901", "Ž-12", "A 1"])
def test_lot_that_somebody_types_is_no_scan(lot):
    assert not pack_scans.looks_scanned(lot)


@pytest.mark.parametrize(
    ("text", "gtin"),
    [
        ("4006381333931", GTIN),
        ("0 4006381 33393 1", GTIN),
        ("96385074", "00000096385074"),
        ("4006381333932", ""),
        ("12", ""),
        ("٤٠٠٦٣٨١٣٣٣٩٣١", ""),
        ("", ""),
    ],
)
def test_number_of_a_pack_has_a_check_digit(text, gtin):
    assert pack_scans.gtin_of(text) == gtin


@time_machine.travel("2026-03-02")
def test_century_follows_the_year():
    """GS1 General Specifications 7.12: two digits of a year lie between 49 years ago and 50 years ahead."""
    assert pack_scans.read(f"01{GTIN}1774013110A").expires_on == date(2074, 1, 31)
