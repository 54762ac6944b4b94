"""The page that says what is kept, and where it is led to."""

from pathlib import Path

import pytest
from django.urls import reverse

from clinic.privacy import notice
from tests.web import main_words

ASKED_IN = [
    *("account/request_login_code", "my/scheduling/waitlist_join", "my/screening/questions"),
    *("my/screening/where_it_hurts", "my/symptoms/_form", "public/scheduling/details"),
]


@pytest.mark.django_db
def test_the_page_says_all_that_the_file_says(client, settings):
    read, words = notice.read(), main_words(client.get(reverse("privacy")))

    assert [kept.code for kept in read.kept if f"{kept.how_long} {kept.since}." not in words] == []
    assert [kept.code for kept in read.kept if kept.what not in words or kept.why not in words] == []
    assert [part.heading for part in [*read.before, *read.after] if part.heading not in words] == []
    assert (settings.CLINIC_EMAIL in words, read.authority in words) == (True, True)


@pytest.mark.django_db
def test_every_page_leads_there(client):
    assert f'href="{reverse("privacy")}"' in client.get(reverse("book")).content.decode()


@pytest.mark.once
@pytest.mark.parametrize("template", ASKED_IN)
def test_where_data_are_asked_it_is_said_what_becomes_of_them(template):
    assert "components/people/_privacy.html" in Path(f"templates/{template}.html").read_text()
