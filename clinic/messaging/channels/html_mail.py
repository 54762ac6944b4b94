"""How an e-mail looks: its own text, word for word, as HTML. There is no second text that could drift apart.

A line that is one of the clinic's addresses becomes a button labelled with the sentence before it, lines "When: ..."
get their first word in bold, telephone numbers become links, a code is large. The clinic's name at the end, and what
follows it, becomes the footer. Other addresses stay text: somebody's name can contain one.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

LONGEST_LABEL = 60
BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
SENTENCES = re.compile(r"(?<=[.!?])\s+")
ITEM = re.compile(r"[-•*]\s+(?=\S)")
FACT = re.compile(r"([^\s:.?!][^:.?!\d]{0,29}:)\s(?=\S)")  # When: Monday
CODE = re.compile(r"\d{4,8}")
PUNCTUATION = ".,;:!?)"
SIGNED_BY = {"name": "CLINIC_NAME", "phone": "CLINIC_PHONE", "address": "CLINIC_ADDRESS"}


@dataclass(frozen=True)
class Run:
    """Words within a line that look alike; `href` is where they lead."""

    text: str
    href: str = ""
    is_strong: bool = False
    is_number: bool = False  # to be phoned


@dataclass
class Block:
    """`kind`: words, list, code; first (the one filled button), button, link: their lines are label and address."""

    kind: str
    lines: list

    @property
    def is_list(self):
        return self.kind == "list"

    @property
    def is_words(self):
        return self.kind in ("words", "list")

    @property
    def is_code(self):
        return self.kind == "code"

    @property
    def is_first(self):
        """The one filled button."""
        return self.kind == "first"

    @property
    def is_link(self):
        return self.kind == "link"


@dataclass(frozen=True)
class ClinicLinks:
    """What is linked: the clinic's addresses, and telephone numbers; not the numbers in the clinic's address."""

    link: re.Pattern
    parts: re.Pattern

    def runs(self, line, *, is_fact=False):
        fact = FACT.match(line) if is_fact else None
        if fact:
            yield Run(fact[1], is_strong=True)
        last = fact.end(1) if fact else 0
        for found in self.parts.finditer(line, last):
            kind, text = found.lastgroup, found[0]
            if kind == "link":
                text = text.rstrip(PUNCTUATION)
            if kind == "place" or (kind == "emergency" and is_fact):  # "about 112 minutes" is no number to call
                continue
            if found.start() > last:
                yield Run(line[last : found.start()])
            yield Run(text, href=text) if kind == "link" else Run(text, href=_call(text), is_number=True)
            last = found.start() + len(text)
        if line[last:]:
            yield Run(line[last:])


def to_html(outgoing):
    """The HTML of an e-mail, in its language."""
    with translation.override(outgoing.language or settings.LANGUAGE_CODE):
        clinic = {name: getattr(settings, setting) for name, setting in SIGNED_BY.items()}
        ours = _ours(settings.SITE_URL, clinic["phone"], settings.EMERGENCY_NUMBER, clinic["address"])
        body, foot = _split_signature(outgoing.body, set(clinic.values()), clinic["name"])
        context = {
            "language": translation.get_language(),
            "is_rtl": translation.get_language_bidi(),
            "clinic": clinic,
            "call": _call(clinic["phone"]),
            "subject": outgoing.subject,
            "body": _blocks(body, ours, links=["first", "button"]),
            "foot": _blocks(foot, ours, links=["link"]),
        }
        return render_to_string("messages/letter.html", context)


def _call(number):
    return f"tel:{re.sub(r'[^+0-9]', '', number)}"


@lru_cache(maxsize=8)
def _ours(site, phone, emergency, place):
    link = rf"{re.escape(site)}(?:[/?#][^\s<>\"]*|(?=[{PUNCTUATION}]*(?:\s|$)))"
    parts = [
        rf"(?P<link>{link})",
        rf"(?P<place>{re.escape(place) or '(?!)'})",
        rf"(?P<phone>(?<![\w+]){re.escape(phone) or '(?!)'}(?!\w)|(?<![\w+])\+\d[\d ()-]{{6,18}}\d(?!\w))",
        rf"(?P<emergency>(?<![\w.:,/+-]){re.escape(emergency) or '(?!)'}(?![\w:/-]|[.,]\d))",
    ]
    return ClinicLinks(re.compile(link), re.compile("|".join(parts)))


def _split_signature(text, signature, name):
    """The paragraphs before and after the clinic's signature, each a list of lines; the footer names it anyway."""
    paragraphs = [[line.strip() for line in part.split("\n")] for part in BLANK_LINES.split(text.strip())]
    for number, lines in enumerate(paragraphs):
        if lines[0] == name and signature.issuperset(lines):
            return paragraphs[:number], paragraphs[number + 1 :]
    return paragraphs, []


def _blocks(paragraphs, ours, *, links):
    """`links`: the kind of the first link, and that of all others."""
    blocks, kind = [], links[0]
    for lines in paragraphs:
        words = []
        for line in _with_links_apart(lines, ours):
            if ours.link.fullmatch(line):
                label = _take_label(words) if words else _label_before(blocks, ours)
                blocks += [*_of_words(words, ours), Block(kind, [label or _("Open the page"), line])]
                words, kind = [], links[-1]
            else:
                words.append(line)
        blocks += _of_words(words, ours)
    return blocks


def _with_links_apart(lines, ours):
    """If a line ends with a colon and an address, the address becomes a line of its own."""
    for line in lines:
        words, _space, link = line.rpartition(" ")
        yield from [words, link] if words.endswith(":") and ours.link.fullmatch(link) else [line]


def _of_words(lines, ours):
    """Paragraph, list or code."""
    if len(lines) == 1 and CODE.fullmatch(lines[0]):
        return [Block("code", lines)]
    is_fact = len(lines) > 1 and all(map(FACT.match, lines))
    blocks = []
    for line in lines:
        kind = "list" if ITEM.match(line) else "words"
        if not blocks or blocks[-1].kind != kind:
            blocks.append(Block(kind, []))
        blocks[-1].lines.append(list(ours.runs(ITEM.sub("", line, count=1), is_fact=is_fact)))
    return blocks


def _take_label(words):
    """The last sentence, removed from `words`; "" if it would not do as a button."""
    *before, sentence = SENTENCES.split(words[-1])
    label = sentence.rstrip(".: ")
    if not label or len(label) > LONGEST_LABEL or re.search(r"\d{3}|//", label):
        return ""
    words[-1:] = [" ".join(before)] if before else []
    return label


def _label_before(blocks, ours):
    """A paragraph that ends with a colon introduces the link below it."""
    if not blocks or blocks[-1].kind != "words" or len(blocks[-1].lines) != 1:
        return ""
    words = ["".join(run.text for run in blocks[-1].lines[0])]
    label = _take_label(words) if words[0].endswith(":") else ""
    if label:
        blocks[-1:] = _of_words(words, ours) if words else []
    return label
