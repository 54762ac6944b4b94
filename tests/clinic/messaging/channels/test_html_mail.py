"""How mails look: the HTML says what the text says, to everybody, and nothing else."""

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.utils import timezone, translation

from clinic.accounts import AccountAdapter
from clinic.messaging import delivery, outbox
from clinic.messaging.channels import Outgoing, html_mail
from clinic.messaging.channels.files import FileChannel
from clinic.messaging.channels.smtp import SmtpChannel
from clinic.models import Message, MessageCategory
from clinic.models.purposes import PURPOSES
from tests import factories
from tests.pages.browser_checks import SMALL_TARGETS, TARGET, WIDER_THAN_SCREEN

SITE = "https://clinic.example"
NAME = 'Ona <script>alert("x")<script> & Co'
TEMPLATES = Path("templates")
NO_LETTERS = {"stop-reminders", "visits-reminder"}  # a part of one; what several become when they are sent
OF_PATIENTS = {path.name.removesuffix(".email.txt") for path in (TEMPLATES / "messages").rglob("*.email.txt")}
OF_PATIENTS -= NO_LETTERS
OF_ACCOUNTS = {
    path.name.removesuffix("_message.txt") for path in (TEMPLATES / "account" / "email").glob("*_message.txt")
} - {"unknown_account"}  # never leaves: else anybody could have us write to anybody
NOT_SEEN = ("style", "title")


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = SITE


class Seen(HTMLParser):
    """What a mail program shows: words, links with their labels, tags."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.links, self.open, self.text = [], [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        self.open.append(tag)
        self.text += " " if tag != "a" else ""
        if tag == "a":
            self.links.append([attributes["href"], ""])

    def handle_endtag(self, tag):
        while self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if not set(NOT_SEEN) & set(self.open):
            self.text += data
        if "a" in self.open:
            self.links[-1][1] += data


def html_of(body, **more):
    return html_mail.to_html(Outgoing(key="k", address="ona@mail.example", subject="Your visit", body=body, **more))


def links(body):
    """[(address, label)] without those of the foot that each mail has."""
    return [tuple(link) for link in Seen(html_of(body)).links if link[0] != "tel:+37052000000"]


# Every mail there is


def schedule_every_mail():
    """One of each template, to a patient whose name is hard to write, as patients and colleagues get them."""
    patient = factories.patient(email="ona@mail.example", given_name=NAME)
    plan = factories.care_plan(patient=patient, signed_at=timezone.now())
    visit = plan.procedure.appointment
    visit.held_until = timezone.now()
    now = timezone.now()
    Message.objects.all().delete()
    about = {"plan": plan, "appointment": visit, "was_at": now, "link": f"{SITE}/r/8:a-b_c?x=1&y=2"}
    given = {"access-granted": {"cause": factories.account_of(patient).patient_access.get().pk}}
    for name in OF_PATIENTS:
        purpose = replace(PURPOSES.get(name), category=MessageCategory.REMINDER)
        outbox.schedule_for(
            patient, factories.letter(purpose, context=about, due_at=now, may_wake=True, **given.get(name, {}))
        )
    signing_in = {"code": "482913", "password_reset_url": f"{SITE}/accounts/password/reset/key/a-b/"}
    for name in OF_ACCOUNTS:
        AccountAdapter().send_mail(f"account/email/{name}", "nora@clinic.example", signing_in)


@pytest.fixture
def every_mail(db, mail_goes_out):
    schedule_every_mail()
    expected = Message.objects.count()
    delivery.deliver_due(at=timezone.now())
    assert len(mail_goes_out.mails) == expected == len(OF_PATIENTS) + len(OF_ACCOUNTS)
    return [
        (mail, mail.get_body(["plain"]).get_content(), mail.get_body(["html"]).get_content())
        for mail in mail_goes_out.mails
    ]


def test_every_mail_is_its_text_and_the_same_as_html(every_mail):
    for mail, text, html in every_mail:
        parts = [part.get_content_type() for part in mail.walk()]
        assert parts == ["multipart/alternative", "text/plain", "text/html"]
        seen = Seen(html)
        assert not Counter(words(text)) - Counter(words(seen.text)), mail["Subject"]
        # Nothing is said that the text does not say, but who we are, and the subject.
        assert set(words(seen.text)) - set(words(text)) <= set(words(f"{mail['Subject']} {CLINIC}")), mail["Subject"]
        leads_to = {address for address, _label in seen.links}
        assert set(re.findall(r"https?://\S+", text)) == {address for address in leads_to if address[:4] != "tel:"}
        assert {"tel:" + re.sub(r"\D", "", number) for number in re.findall(r"\+[\d ]+\d|\b112\b", text)} <= {
            address.replace("+", "") for address in leads_to
        }


CLINIC = "Linden Pain Clinic 12 Linden Street, Vilnius +370 5 200 0000"


def words(text):
    return re.findall(r"\w+", text)


def test_every_link_of_a_mail_says_where_it_leads(every_mail):
    labels = {
        label for _mail, _text, html in every_mail for address, label in Seen(html).links if address[:4] != "tel:"
    }

    assert [label for label in labels if "//" in label or label == "Open the page" or not label.strip()] == []
    assert {"See or change the visit", "Stop them here", "Choose a new password"} <= labels


def test_no_mail_asks_anybody_else_for_anything(every_mail):
    """No picture, no file, no address that is not ours: nobody learns that it was read."""
    for _mail, _text, html in every_mail:
        tags = {tag for tag, _attributes in Seen(html).tags}
        assert tags & {"img", "link", "script", "iframe", "form", "object", "video", "svg", "base"} == set()
        assert [host for host in re.findall(r"//[^/\s\"<]+", html) if host != "//clinic.example"] == []
        assert re.findall(r"url\(|@import|\ssrc=|\sbackground=", html) == []


def test_no_mail_lets_a_name_be_more_than_words(every_mail):
    named = [(html, text) for _mail, text, html in every_mail if NAME in text]

    assert len(named) >= len(OF_PATIENTS)
    for html, _text in named:
        assert "<script" not in html
        assert NAME in Seen(html).text
        assert [name for _tag, attributes in Seen(html).tags for name in attributes if name.startswith("on")] == []


# What a text turns into


@pytest.mark.once
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"See your visit:\n{SITE}/my/", [(f"{SITE}/my/", "See your visit")]),
        (f"You cannot come? Tell us here.\n{SITE}/my/", [(f"{SITE}/my/", "Tell us here")]),
        (f"See your visit:\n\n{SITE}/my/", [(f"{SITE}/my/", "See your visit")]),
        (f"See your visit: {SITE}/my/", [(f"{SITE}/my/", "See your visit")]),
        (f"{SITE}/my/", [(f"{SITE}/my/", "Open the page")]),
        (f"{'A very long sentence that fills a button ' * 3}:\n{SITE}/my/", [(f"{SITE}/my/", "Open the page")]),
        (f"It is at {SITE}/my/?a=1&b=2.", [(f"{SITE}/my/?a=1&b=2", f"{SITE}/my/?a=1&b=2")]),
        ("Call +370 612 34567 or 112.", [("tel:+37061234567", "+370 612 34567"), ("tel:112", "112")]),
        ("Hello https://evil.example/, https://clinic.example.evil.example https://clinic.example@evil.example", []),
        ("Look here:\nhttps://evil.example/", []),
        ("When: Monday, about 112 minutes\nWith: Dr Ona", []),
        ("Linden Pain Clinic\n112, 12 Linden Street, Vilnius is 1123 or 112:00", [("tel:112", "112")]),
    ],
)
def test_links_and_numbers_are_found(body, expected):
    assert links(body) == expected


@pytest.mark.once
def test_words_get_the_shape_that_the_text_has():
    seen = Seen(
        html_of("Hello,\n\n482913\n\nWhen: Monday\nWith: Dr Ona\n\n- rest\n- drink\n\nLinden Pain Clinic\n\nBye")
    )

    tags = [tag for tag, _attributes in seen.tags]
    assert (tags.count("li"), tags.count("h1"), tags.count("strong")) == (2, 1, 3)
    assert "code" in [attributes.get("class") for _tag, attributes in seen.tags]
    assert seen.text.index("drink") < seen.text.index("12 Linden Street") < seen.text.index("Bye")


# The mail as it leaves


@pytest.mark.once
def test_mail_is_the_same_for_the_same_key(mail_goes_out):
    """Anyone who gets it twice, after a doubt, gets the same twice, down to the last line; only the clock moves."""
    letter = Outgoing(key="visit:1:email", address="ona@mail.example", subject="Your visit", body="Ateik, ąčę 🙂")

    for key in ("visit:1:email", "visit:1:email", "visit:2:email"):
        SmtpChannel().send(replace(letter, key=key))

    for mail in mail_goes_out.mails:
        del mail["Date"]
    first, again, other = mail_goes_out.mails
    assert first.as_bytes() == again.as_bytes() != other.as_bytes()
    assert first.get_boundary() != other.get_boundary()


@pytest.mark.once
@pytest.mark.parametrize("body", ["Ateik pirmadienį, ąčęėįšųūž 🙂", "Ateik, ąčę 🙂 " * 300, "x" * 5000])
def test_mail_keeps_every_letter_and_no_line_is_too_long(mail_goes_out, body):
    SmtpChannel().send(Outgoing(key="k", address="ona@mail.example", subject="Vizitas – ąčę", body=body))

    [mail] = mail_goes_out.mails
    assert mail["Subject"] == "Vizitas – ąčę"
    assert mail.get_body(["plain"]).get_content().strip() == body.strip()
    assert body.strip() in Seen(mail.get_body(["html"]).get_content()).text
    assert max(len(line) for line in mail.as_bytes().splitlines()) <= 998


@pytest.mark.django_db
def test_mail_says_in_which_language_it_is(mail_goes_out):
    factories.message(key="clinics")
    with translation.override("lt"):
        factories.message(key="lithuanian")

    delivery.deliver_due(at=factories.NOW)

    pages = [mail.get_body(["html"]).get_content() for mail in mail_goes_out.mails]
    assert sorted(re.search(r'<html lang="([^"]+)"', page)[1] for page in pages) == ["en-gb", "lt"]


@pytest.mark.once
def test_file_channel_shows_how_the_mail_looks(tmp_path):
    letter = Outgoing(key="visit:1:email", address="ona@mail.example", subject="Your visit", body="Come.")
    channel = FileChannel(tmp_path / "email", looks_folder=tmp_path / "email-html")

    references = {channel.send(letter) for _ in range(2)}

    [text], [look] = ((tmp_path / name).iterdir() for name in ("email", "email-html"))
    assert ({text.name}, text.stem) == (references, look.stem)
    assert look.read_text() == html_mail.to_html(letter)


# In a browser

A_LETTER = f"""Hello Ona,

You booked a visit.

482913

When: Monday 12 October 2026, 10:00 (clinic time)
With: Dr Ona

- Bring a list of your medicines.
- Call +370 5 200 0000 if you cannot come, or 112 in an emergency.

See or change your visit:
{SITE}/my/{"a" * 80}/

Read more:
{SITE}/aftercare/

Linden Pain Clinic

You would rather get no reminders? Stop them here:
{SITE}/r/8:abcdef/"""


@pytest.mark.once
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_mail_is_for_everybody(browser, axe, scheme):
    context = browser.new_context(color_scheme=scheme, viewport={"width": 320, "height": 800})
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    page.set_content(html_of(A_LETTER))

    assert axe(page) == []
    assert page.evaluate(SMALL_TARGETS, TARGET) == []
    assert page.evaluate(WIDER_THAN_SCREEN, 320) is None
    assert asked == []
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(251, 248, 244)", "dark": "rgb(16, 25, 28)"}[scheme]
    context.close()
