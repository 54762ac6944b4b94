"""The readability of texts for patients is measured when somebody saves them."""

import pytest
from django.core.exceptions import ValidationError

from clinic.website.readability import grade, plain_enough, sentences, syllables

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-\n\n12",
        "Lift nothing heavy for two days. Use both arms as you like.\nTake a walk. Eat and drink as you do every day.",
        "Neck injury, dizzy",
        "Book your physiotherapy within a week. The physiotherapist shows you each exercise.",
    ],
)
def test_plain_text_is_taken(text):
    assert plain_enough(text) is None


def test_hard_text_is_refused_and_its_hardest_sentence_named():
    hard = "Immediate orthopaedic consultation is recommended upon deterioration of symptomatology."

    with pytest.raises(ValidationError) as refusal:
        plain_enough(f"A bruise is fine. It goes away.\n{hard}")

    assert refusal.value.messages == [
        f"This is hard to read, most of all “{hard}”. Use short words, and say one thing in each sentence."
    ]


def test_few_hard_words_are_refused_too():
    with pytest.raises(ValidationError, match="“Symptomatology deteriorating immediately”"):
        plain_enough("Symptomatology deteriorating immediately")


def test_long_sentence_is_refused_with_its_length():
    long = " ".join(["go"] * 21)

    with pytest.raises(ValidationError) as refusal:
        plain_enough(f"Sit down.\n{long}.")

    assert refusal.value.messages == [f"“{long}.” has 21 words. Make two sentences of it, each of at most 20 words."]
    assert plain_enough(" ".join(["go"] * 20)) is None


def test_each_line_ends_a_sentence():
    assert sentences("One line\nTwo. Three! 4.\n\n- Five") == ["One line", "Two.", "Three!", "- Five"]


def test_quoted_speech_ends_a_sentence_too():
    assert sentences("Say: “I had a needle.” Do not wait (not here.) Go.") == [
        "Say:",
        "“I had a needle.”",
        "Do not wait (not here.)",
        "Go.",
    ]


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "place the called blades writes aches skilled knot’s"),
        (2, "muscle muscles needle places treated minutes careful something forehead likely quiet going royal"),
        (3, "medicine ultrasound area usual reaction"),
        (4, "exercises emergency diabetes"),
        (5, "physiotherapist"),
    ],
)
def test_syllables(count, words):
    assert {word: syllables(word) for word in words.split()} == dict.fromkeys(words.split(), count)


def test_grade_of_a_hard_sentence_is_high():
    hard = "Interventional procedures necessitate considerable specialist experience and ultrasonographic competence."

    assert grade([hard]) > 15
    assert grade(["The cat sat on the mat."]) < 1


def test_names_count_as_words_but_not_by_their_syllables():
    assert grade(["Take ropivacaine now."], {"ropivacaine"}) == pytest.approx(grade(["Take it now."]))
    assert grade(["Ropivacaine", "Go now."], {"ropivacaine"}) == pytest.approx(grade(["Go now."]))
    assert grade(["The Example is an example."], {"Example"}) > grade(["The one is an one."])
