"""What `bin/screenshots messages` runs: every message for every kind of person, as mails look and as SMS are read.

A database of its own, in which nothing stays. `index.html` beside the pictures shows them all with their SMS.
"""

import os
import sys
from html import escape
from pathlib import Path
from time import monotonic

import django
from playwright.sync_api import sync_playwright

from tests.fixtures.browser import CHROMIUM_ARGUMENTS
from tests.services import chromium_path

WIDTHS = (390, 700)
SCHEMES = ("light", "dark")
LOOK = "body{font:16px sans-serif;margin:2rem}img{max-width:24%;border:1px solid #999;vertical-align:top}"


def main():
    os.environ |= {"DJANGO_SETTINGS_MODULE": "tests.settings", "DJANGO_ALLOW_ASYNC_UNSAFE": "1"}
    django.setup()
    from django.db import connection

    target = Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots/messages")
    only = sys.argv[2:]
    target.mkdir(parents=True, exist_ok=True)
    began = monotonic()
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGUMENTS)
        pages = [(scheme, browser.new_page(color_scheme=scheme)) for scheme in SCHEMES]
        parts = [shown(pages, target, *message) for message in messages(only)]
        browser.close()
    connection.creation.destroy_test_db(":memory:", verbosity=0)
    style = f"<!doctype html><meta charset=utf-8><title>Messages</title><style>{LOOK}</style>"
    (target / "index.html").write_text(style + "\n".join(parts))
    print(f"{len(parts)} messages in {target / 'index.html'} in {monotonic() - began:.0f} s")


def messages(only):
    """(who, code, subject, body of the mail, SMS) of each; `only` for these people, or for all."""
    from django.db import transaction

    from clinic.messaging import preferences
    from tests.clinic.messaging.every_message import PEOPLE, person, words_for

    for who in only or PEOPLE:
        with transaction.atomic():
            for code, words in list(words_for(person(who))):
                yield who, code, *preferences.split_words(words["email"], "email"), words["sms"]
            transaction.set_rollback(True)


def shown(pages, target, who, code, subject, body, sms):
    """Takes the pictures of a mail, and returns what the list of all shows of it."""
    from clinic.messaging import sms_segments
    from clinic.messaging.channels import Outgoing, html_mail

    html = html_mail.to_html(Outgoing(key=code, address="rasa@mail.example", subject=subject, body=body))
    names = []
    for scheme, page in pages:
        page.set_content(html)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 400})
            names.append(f"{code}-{who.replace(' ', '-')}-{width}-{scheme}.png")
            page.screenshot(path=target / names[-1], full_page=True)
    pictures = "".join(f'<img src="{name}" alt="{name}">' for name in names)
    length = sms_segments.length_of(sms)
    return f"<h2>{code}: {escape(who)}</h2>{pictures}<p>{length.segments} SMS, {length.units}: {escape(sms)}</p>"


if __name__ == "__main__":
    main()
