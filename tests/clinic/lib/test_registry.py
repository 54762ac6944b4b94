"""What owners register is found by its code, in order; a code is never used twice."""

from dataclasses import dataclass

import pytest

from clinic.lib.registry import AlreadyRegistered, NotRegistered, Registry


@dataclass(frozen=True)
class Colour:
    code: str
    label: str = ""


RED, BLUE = Colour("red"), Colour("blue")


@pytest.fixture
def colours():
    registry = Registry("colour")
    registry.register(RED)
    registry.register(BLUE)
    return registry


def test_what_was_registered_is_found_by_its_code(colours):
    assert (colours.get("red"), colours.find("blue"), "red" in colours) == (RED, BLUE, True)


def test_order_is_that_of_registering(colours):
    assert list(colours) == [RED, BLUE]


def test_registering_gives_the_thing_back():
    assert Registry("colour").register(RED) is RED


def test_unknown_code_is_refused_with_those_that_there_are(colours):
    with pytest.raises(NotRegistered) as refusal:
        colours.get("green")

    assert str(refusal.value) == "No colour has the code 'green', only red, blue."


def test_looking_for_an_unknown_code_finds_nothing(colours):
    assert (colours.find("green"), "green" in colours) == (None, False)


def test_same_thing_again_changes_nothing(colours):
    colours.register(Colour("red"))

    assert len(list(colours)) == 2


def test_other_thing_under_a_code_that_is_taken_is_refused(colours):
    with pytest.raises(AlreadyRegistered) as refusal:
        colours.register(Colour("red", "another red"))

    assert (str(refusal.value), colours.get("red")) == ("There is a colour with the code 'red' already.", RED)


def test_what_is_taken_out_is_found_no_more(colours):
    colours.unregister(RED)

    assert list(colours) == [BLUE]
