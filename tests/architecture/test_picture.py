"""The picture of the house is the one that its imports draw."""

import pytest

from tests.architecture import picture

pytestmark = pytest.mark.once


def test_picture_is_as_the_imports_are_now():
    assert picture.PICTURE.read_text() == picture.drawn(), "Draw it again: python -m tests.architecture.picture"


@pytest.fixture
def old_picture(monkeypatch, tmp_path):
    path = tmp_path / "architecture.svg"
    path.write_text("of last year")
    monkeypatch.setattr(picture, "PICTURE", path)
    return path


@pytest.mark.parametrize("arguments", [["--help"], ["--unknown"]])
def test_who_asks_how_to_draw_it_draws_nothing(old_picture, arguments):
    with pytest.raises(SystemExit):
        picture.main(arguments)

    assert old_picture.read_text() == "of last year"


def test_check_says_that_it_is_out_of_date_and_draws_nothing(old_picture):
    answer = picture.main(["--check"])

    assert (answer, old_picture.read_text()) == (
        "The picture is out of date: draw it again without --check.",
        "of last year",
    )


def test_drawn_again_it_is_in_order(old_picture):
    assert (picture.main([]), picture.main(["--check"])) == (0, 0)
