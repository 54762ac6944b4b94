"""What an SMS costs: counted as the networks count."""

import pytest

from clinic.messaging import sms_segments
from clinic.messaging.sms_segments import Length

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "segments", "units", "is_unicode"),
    [
        ("", 1, 0, False),
        ("a" * 160, 1, 160, False),
        ("a" * 161, 2, 161, False),
        ("a" * 306, 2, 306, False),
        ("a" * 307, 3, 307, False),
        ("é" * 160, 1, 160, False),
        ("€" * 80, 1, 160, False),
        ("€" * 81, 2, 162, False),
        ("a" * 152 + "€" + "a" * 152, 3, 306, False),  # the euro's two septets stay together
        ("ė" * 70, 1, 70, True),
        ("a" * 70 + "ė", 2, 71, True),
        ("ė" * 134, 2, 134, True),
        ("ė" * 135, 3, 135, True),
        ("😀" * 35, 1, 70, True),
        ("😀" * 36, 2, 72, True),
        ("a" * 66 + "😀" + "a" * 66, 3, 134, True),  # and so do the two halves of a picture
    ],
)
def test_length_of_a_text_is_what_is_paid(text, segments, units, is_unicode):
    assert sms_segments.length_of(text) == Length(segments, units, is_unicode)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Nothing to change: é ä ø ß € @ £", "Nothing to change: é ä ø ß € @ £"),
        ("“Yes” – he’s here…\u00a0now\u202f!", '"Yes" - he\'s here... now !'),
        ("Žygimantė Šuščius, Łodź, Ťažký Őrség", "Zygimante Suscius, Lodz, Tazky Orség"),
        ("e\u0307", "e"),  # a dot that stands alone
        ("Николай", "Николай"),  # who writes it wants it read
    ],
)
def test_in_gsm_keeps_the_words(text, written):
    assert sms_segments.in_gsm(text) == written


@pytest.mark.parametrize(
    ("name", "written"),
    [("Николай", "Nikolay"), ("محمد", "mhmd"), ("Ωραία", "Ωraia"), ("Zoë", "Zoe"), ("🙂", ":slight_smile:")],
)
def test_romanised_name_is_in_the_gsm_alphabet(name, written):
    assert sms_segments.romanised(name) == written
    assert not sms_segments.length_of(written).is_unicode
