"""Where templates compare something with a code written in quotes, such as a status."""

import re

from tests.architecture.source import ROOT, templates, text_templates

# What may be compared: never a row's column. A row, or what a view passes, says it by a property, as `is_booked` does.
MAY_BE_COMPARED = {
    "tone": "how a notice or badge is to look: the template that includes it says so",
    "name": "which drawing is asked for",
    "key": "which region is drawn, or which list of a page is linked",
    "view": "which of its views a page shows, or which body picture is drawn",
    "shown": "which of its lists a page shows",
    "here": "the name of the address of this page",
    "scheme": "the light or the dark colours of the style guide",
    "score": "each number of pain that can be tapped",
    "field.name": "one field of a form, to stand elsewhere",
    "section.slug": "one section of the website's own texts, to be drawn otherwise",
    "message.level_tag": "Django's levels of messages",
    "attrs.level": "what django-allauth passes to its elements",
    "attrs.tags": "what django-allauth passes to its elements",
    "attrs.type": "what django-allauth passes to its elements",
}
CONDITION = re.compile(r"{%\s*(?:el)?if\b(.*?)%}", re.DOTALL)
TEXT, THING = r"""(?:"[^"]*"|'[^']*')""", r"([A-Za-z_][\w.]*)(?:\|\w+)*"
ARGUMENT = re.compile(rf"(?<=\w):{TEXT}")  # of a filter
IS = r"\s*(?:==|!=)\s*|\s+(?:not\s+)?in\s+"
COMPARED = re.compile(rf"{THING}(?:{IS}){TEXT}|{TEXT}(?:{IS}){THING}")


def codes_in_templates():
    """Those that may not be compared."""
    return [f"{place} {thing}" for place, thing in compared_with_codes() if thing not in MAY_BE_COMPARED]


def compared_with_codes():
    """(place, what is compared) of each comparison in a template."""
    for path in [*templates(), *text_templates()]:
        for line, thing in comparisons_in(path.read_text()):
            yield f"{path.relative_to(ROOT)}:{line}", thing


def comparisons_in(text):
    """(line, what is compared) of each comparison with a text in quotes."""
    for condition in CONDITION.finditer(text):
        line = text.count("\n", 0, condition.start()) + 1
        for found in COMPARED.finditer(ARGUMENT.sub("", condition[1])):
            yield line, found[1] or found[2]
