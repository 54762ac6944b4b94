"""Turns the plain text that a manager types into the blocks that a page draws. No HTML comes from the text."""

from dataclasses import dataclass
from itertools import groupby

from django import template
from django.template.defaultfilters import stringfilter

from clinic.website import glossary

register = template.Library()
BULLET = "- "


@dataclass(frozen=True)
class Block:
    """A paragraph (one line), or a list (one line a point)."""

    is_list: bool
    lines: tuple


@register.filter
@stringfilter
def blocks(text):
    """An empty line separates paragraphs; lines that start with "- " make a list."""
    lines = [line.strip() for line in text.splitlines()]
    found = []
    for kind, group in groupby(lines, key=kind_of):
        if kind == "list":
            found.append(Block(is_list=True, lines=tuple(line.removeprefix(BULLET).strip() for line in group)))
        elif kind == "paragraph":
            found.append(Block(is_list=False, lines=(" ".join(group),)))
    return found


@register.simple_tag
def explained_blocks(text, *, plain=False):
    """The blocks with each line in Parts, so that words of the glossary can be explained where they first appear."""
    found = blocks(text)
    lines = [line for block in found for line in block.lines]
    parts = iter([[glossary.Part(line)] for line in lines] if plain else glossary.explained(lines))
    return [Block(block.is_list, tuple(next(parts) for _line in block.lines)) for block in found]


@register.simple_tag
def explained_line(line):
    """One line in Parts, for public/_explained.html."""
    return glossary.explained([line])[0]


def kind_of(line):
    if not line:
        return "gap"
    return "list" if line.startswith(BULLET) else "paragraph"


@register.filter
@stringfilter
def points(text):
    """The lines of the lists in a text."""
    return [line for block in blocks(text) if block.is_list for line in block.lines]


@register.filter
@stringfilter
def before_colon(line):
    """How a point begins ("Today: rest" -> "Today"); nothing if there is no colon."""
    start, colon, _rest = line.partition(": ")
    return start if colon else ""


@register.filter
@stringfilter
def after_colon(line):
    start, colon, rest = line.partition(": ")
    return rest if colon else start
