"""Words of the glossary are explained where a text uses them first, and the words themselves are data."""

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from clinic.models import GlossaryTerm
from clinic.website import glossary, page_cache
from clinic.website.glossary import Part

pytestmark = pytest.mark.django_db


@pytest.fixture
def words():
    for slug, term in [("block", "block"), ("nerve", "nerve"), ("nerve-damage", "nerve damage")]:
        GlossaryTerm.objects.create(slug=slug, term=term, meaning=f"What a {term} is.")


def test_first_use_of_a_word_is_explained_and_the_longest_word_wins(words):
    found = glossary.explained(["Blocks and nerve damage.", "A block blocked an unnerved nerve."])

    assert found == [
        [
            Part("Blocks", "block", "What a block is."),
            Part(" and "),
            Part("nerve damage", "nerve-damage", "What a nerve damage is."),
            Part("."),
        ],
        [Part("A block blocked an unnerved "), Part("nerve", "nerve", "What a nerve is."), Part(".")],
    ]


def test_text_stays_as_it_was_word_for_word(words):
    lines = ["Block, block (NERVE)!", "", "nerve damages", "nothing"]

    assert ["".join(part.text for part in line) for line in glossary.explained(lines)] == lines


def test_without_a_glossary_the_text_is_left_alone():
    assert glossary.explained(["A block."]) == [[Part("A block.")]]


def test_changed_meaning_is_read_at_once(words):
    glossary.explained(["A block."])
    term = GlossaryTerm.objects.get(slug="block")
    term.meaning = "Now this."
    term.save()

    assert glossary.explained(["block"]) == [[Part("block", "block", "Now this.")]]


def test_words_are_read_from_the_database_once_a_minute(words, django_assert_num_queries):
    page_cache.known_version(), glossary.forget()

    with django_assert_num_queries(1):
        glossary.explained(["A block."]), glossary.explained(["A nerve."])


def test_explained_word_is_a_link_with_its_meaning_and_never_html(words):
    GlossaryTerm.objects.filter(slug="nerve").update(meaning='"><script>alert(1)</script>')
    html = render_to_string("public/website/_words.html", {"text": "A block.\n\n- <b>bold</b> nerve"})

    address = f"{reverse('glossary')}#block"
    assert f'<a class="term" href="{address}" data-meaning="What a block is.">block</a>.' in " ".join(html.split())
    assert "<script>" not in html
    assert "<b>" not in html


def test_warning_is_not_cluttered_with_links(words):
    html = render_to_string("public/website/_warning.html", {"heading": "Stop", "text": "A nerve.", "tone": "stop"})

    assert "A nerve." in html
    assert 'class="term"' not in html


def test_glossary_has_an_anchor_for_each_word(client, words):
    html = client.get(reverse("glossary")).content.decode()

    assert [slug for slug in ("block", "nerve", "nerve-damage") if f'<div id="{slug}">' not in html] == []


def test_empty_glossary_is_a_sentence(client):
    assert "We have not written down our words yet." in client.get(reverse("glossary")).content.decode()
