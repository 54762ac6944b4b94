"""The public pages of a clinic that has written nothing yet."""

import pytest

from tests.procedures.public.catalogue_pages import WRITTEN_PAGES, read


@pytest.mark.django_db
@pytest.mark.parametrize("name", WRITTEN_PAGES)
def test_page_of_an_empty_database_is_a_sentence(client, name):
    html = read(client, name)

    assert "<h1>" in html
    assert 'class="empty-title"' in html
