"""What browsers and search engines ask every site for."""

import json
import struct
from pathlib import Path
from urllib.robotparser import RobotFileParser

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse
from playwright.sync_api import expect

from tests.public_addresses import addresses, load_words

pytestmark = pytest.mark.django_db


def test_robots_may_read_what_is_public_and_nothing_else(client):
    load_words()
    answer = client.get("/robots.txt")
    robots = RobotFileParser()
    robots.parse(answer.content.decode().splitlines())
    own = ["/my/", "/desk/", "/practice/", "/manage/", "/accounts/login/", "/search/?q=x", "/demo/"]

    assert answer.headers["Content-Type"].startswith("text/plain")
    assert robots.site_maps() == [f"{settings.SITE_URL}/sitemap.xml"]
    assert [address for address in addresses() if not robots.can_fetch("*", settings.SITE_URL + address)] == []
    assert [address for address in own if robots.can_fetch("*", settings.SITE_URL + address)] == []


def test_sitemap_names_pages_that_are_there_and_by_our_own_address(client):
    load_words()
    listed = client.get("/sitemap.xml", headers={"host": "127.0.0.1"}).content.decode()

    assert listed.count("<loc>") == listed.count(f"<loc>{settings.SITE_URL}/") > 20
    assert {client.get(address).status_code for address in addresses()} == {200}


def test_page_names_the_manifest_when_it_has_been_drawn(browser_page):
    page = browser_page("phone")
    page.goto("/")
    expect(page.locator("link[rel=manifest]")).to_have_attribute("href", reverse("manifest"))


def test_manifest_names_icons_that_are_what_it_says(client):
    manifest = json.loads(client.get(reverse("manifest")).content)

    assert (manifest["name"], manifest["start_url"]) == (settings.CLINIC_NAME, "/")
    sizes = {}
    for icon in manifest["icons"]:
        path = Path(finders.find(icon["src"].removeprefix("/static/")))
        if icon["type"] == "image/png":
            width, height = struct.unpack(">II", path.read_bytes()[16:24])
            sizes[icon["purpose"], icon["sizes"]] = f"{width}x{height}"
    assert all(told == found for (_, told), found in sizes.items())
    assert {("any", "192x192"), ("any", "512x512"), ("maskable", "512x512")} == set(sizes)
