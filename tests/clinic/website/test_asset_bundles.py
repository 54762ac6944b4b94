"""One file in place of several: it contains its parts, changes with them, and is served under a hashed name."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import override_settings

from clinic.website import asset_bundles
from tests.public_addresses import addresses, load_words

pytestmark = pytest.mark.once
SITE = "css/site.css"
FONT = re.compile(r'url\("(\.\./vendor/[^"]+latin-wght[^"]+)"\)')


def rules(text):
    """Without comments, white space and the last semicolon of each rule."""
    return re.sub(r"/\*.*?\*/|\s", "", text, flags=re.DOTALL).replace(";}", "}")


def test_bundle_says_what_its_parts_say_in_their_order(settings):
    parts = [(settings.BASE_DIR / f"static/css/{part}.css").read_text() for part in asset_bundles.PARTS[SITE]]
    bundle = Path(finders.find(SITE)).read_text()

    assert rules(bundle) == "".join(rules(part) for part in parts)
    assert re.findall(r"/\*(?!!)", bundle) == []
    assert "Bootstrap 5.3.9 (MIT)" in bundle


def test_bundle_follows_its_parts(settings, tmp_path):
    settings.BASE_DIR, settings.DATA_DIR = tmp_path, tmp_path / "data"
    folder = tmp_path / "static/css"
    folder.mkdir(parents=True)
    for part in asset_bundles.PARTS[SITE]:
        (folder / f"{part}.css").write_text(f".{part} {{ color: red }}\n")
    finder = asset_bundles.BundleFinder()
    before = finder.find(SITE)
    first_words = Path(before).read_text()

    (folder / "clinic.css").write_text(".other { color: blue }\n")

    assert ".clinic" in first_words
    assert ".other{color:blue}" in Path(finder.find(SITE)).read_text()
    assert (finder.find("css/none.css"), finder.find(SITE, find_all=True)) == ([], [before])


def test_bundle_is_collected_with_hashed_names_and_packed(settings, tmp_path):
    name = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    with override_settings(STATIC_ROOT=tmp_path, STORAGES=settings.STORAGES | {"staticfiles": {"BACKEND": name}}):
        call_command("collectstatic", interactive=False, verbosity=0)
        collected = tmp_path / staticfiles_storage.stored_name(SITE)

    font = FONT.search(collected.read_text())[1]
    assert re.fullmatch(r"site\.[0-9a-f]{12}\.css", collected.name)
    assert re.search(r"\.[0-9a-f]{12}\.woff2$", font)
    assert (collected.parent / font).is_file()
    assert collected.with_name(f"{collected.name}.br").stat().st_size < 14_000  # what fits the first round trip


def test_scripts_of_a_bundle_do_not_share_their_names(settings):
    folder = settings.BASE_DIR / "static/js"
    texts = [(folder / f"{part}.js").read_text() for part in asset_bundles.PARTS["js/site.js"]]

    assert Path(finders.find("js/site.js")).read_text() == "".join(f"{{\n{text}}}\n" for text in texts)


@pytest.mark.django_db
def test_public_page_asks_for_one_stylesheet_and_one_script(client):
    load_words()
    pages = {address: client.get(address).content.decode() for address in addresses()}

    asked_for = {
        address: (page.count('rel="stylesheet"'), page.count("<script src")) for address, page in pages.items()
    }
    assert {address: counts for address, counts in asked_for.items() if counts != (1, 1)} == {}
