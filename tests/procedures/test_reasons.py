"""Words that tell nobody anything are no reason."""

import pytest

from procedures import reasons

SAYS_NOTHING = ["", " ", ".", "-", "ok", "OK.", "yes", "y", "aaaaaaaaaaaaaaaaaaaa", "ok ok ok ok ok ok", "12345", "n/a"]
SAYS_NOTHING += [
    "\u200b",
    "!!!",
    "see above",
    "as before, ok",
    "xxxx xxxx xxxx",
    "no no no",
    "ｏｋ",
    "na",
    "Gerai",
    "-- ok --",
]


@pytest.mark.parametrize("text", SAYS_NOTHING)
@pytest.mark.parametrize("grave", [False, True])
def test_words_that_say_nothing_are_no_reason(text, grave):
    assert reasons.refusal_of(text, grave) != ""


@pytest.mark.parametrize("text", ["Thick muscle", "MRI was clear", "Pinched away", "Signed on paper.", "Hypotonie"])
def test_a_few_words_that_say_something_are_one(text):
    assert reasons.refusal_of(text) == ""


@pytest.mark.parametrize("text", ["Thick muscle", "Anaphylaxis", "rash rash rash rash rash", "known, ok, agreed, fine"])
def test_where_a_life_hangs_on_it_they_are_too_few(text):
    assert reasons.refusal_of(text, grave=True) != ""


@pytest.mark.parametrize(
    "text", ["Tested in 2024: no reaction to lidocaine.", "Anaphylaxis excluded", "Alergologas leido"]
)
def test_where_a_life_hangs_on_it_a_sentence_is_one(text):
    assert reasons.refusal_of(text, grave=True) == ""


def test_what_is_wrong_with_an_answer_stands_behind_the_warning():
    assert reasons.unanswered("Blood thinner.", "") == "Blood thinner."
    assert reasons.unanswered("Blood thinner.", "ok").startswith("Blood thinner. “ok” is no reason")
    assert reasons.unanswered("Blood thinner.", "INR 2.1 today") == ""
