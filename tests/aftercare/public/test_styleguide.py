"""The style guide shows every part of the pages as it is, and exists in the demo only."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from tests.public_addresses import load_words
from tests.web import NOT_FOUND, refusal

COMPONENTS = {path.stem for path in Path("templates/components").glob("*.html")}


@pytest.fixture
def guide(client, db):
    load_words()
    return client.get(reverse("styleguide"))


@pytest.mark.once
@pytest.mark.repeated_queries_allowed
def test_every_component_is_named_and_drawn(guide):
    named = set(" ".join(re.findall(r'<p class="guide-files"><code>([^<]*)</code>', guide.content.decode())).split())
    drawn = {Path(used.name).stem for used in guide.templates if used.name and used.name.startswith("components/")}

    assert (COMPONENTS - named, named - COMPONENTS) == (set(), set())
    assert COMPONENTS - drawn == set()


@pytest.mark.once
@pytest.mark.repeated_queries_allowed
def test_states_that_are_easily_forgotten_are_shown(guide):
    words = guide.content.decode()

    for state in ["is-invalid", "is-sending", "disabled", "is-done", "is-current", "is-today", "empty", "is-late"]:
        assert re.search(rf'class="[^"]*\b{state}\b|<button[^>]*\b{state}\b', words), state


@pytest.mark.once
@pytest.mark.parametrize(("asked", "body"), [("dark", "scheme-dark"), ("light", "scheme-light"), ("pink", "")])
def test_scheme_is_chosen_without_a_script(client, db, asked, body):
    words = client.get(reverse("styleguide"), {"scheme": asked}).content.decode()

    assert f'<body class="style-guide{" " + body if body else ""}">' in words


@pytest.mark.once
def test_samples_send_nothing(client, db):
    answer = client.post(reverse("styleguide"), {"given_name": "Ona"}, follow=True)

    assert answer.redirect_chain == [(reverse("styleguide"), 302)]
    assert "Nothing was sent." in answer.content.decode()


@pytest.mark.once
@pytest.mark.parametrize("name", ["styleguide", "styleguide-tokens"])
def test_style_guide_is_not_there_outside_the_demo(client, db, settings, name):
    settings.DEMO = False

    assert refusal(client.get(reverse(name))) == NOT_FOUND
