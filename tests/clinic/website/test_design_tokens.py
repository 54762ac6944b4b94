"""Colours differ enough, as the stylesheet has them now."""

import pytest

from clinic.website.design_tokens import Tokens, contrast, tokens

pytestmark = pytest.mark.once

CSS = """
/* :root { --paper: #000; } */
:root { --paper: #fff; --ink: #767676; --face: "A; B", serif; }
@media (min-width: 1rem) { :root { --ink: #123456; } }
@media (prefers-color-scheme: dark) {
  :root { --paper: #000; }
}
"""


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000", "#ffffff", 21), ("#fff", "#fff", 1), ("#767676", "#fff", 4.54), ("#1b2a30", "#fbf8f4", 13.96)],
)
def test_contrast_is_the_ratio_of_wcag(one, other, ratio):
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.005)


def test_tokens_are_read_from_the_light_and_the_dark_root_only():
    found = Tokens(CSS)

    assert found.schemes == {
        "light": {"paper": "#fff", "ink": "#767676", "face": '"A; B", serif'},
        "dark": {"paper": "#000", "ink": "#767676", "face": '"A; B", serif'},
    }
    assert found.colours == ["paper", "ink"]
    assert ".scheme-dark { --paper: #000; --ink: #767676;" in found.as_classes()


def test_every_pair_of_colours_differs_enough_in_the_light_and_in_the_dark():
    pairs = list(tokens().pairs())

    assert [str(pair) for pair in pairs if not pair.is_enough] == []
    assert {pair.scheme for pair in pairs if pair.least == 7} == {"light", "dark"}


def test_every_colour_that_text_may_have_is_held_to_it():
    """A new tone cannot be forgotten: every tone that has a wash is also used as text on it."""
    names = tokens().colours
    washes = {(name.removesuffix("-wash"), name) for name in names if name.endswith("-wash")} - {
        ("ember", "ember-wash")
    }

    assert washes - {(pair.text, pair.ground) for pair in tokens().pairs() if pair.least == 7} == set()
