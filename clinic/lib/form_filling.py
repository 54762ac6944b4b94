"""Fills in a form of a finished page: what was sent before stands in its fields, nothing else of the page changes.

It works on the HTML, so that each page with a form gets it without knowing: forms of Django, of the catalogue, and
those that a template draws. Passwords and files are never filled in.
"""

from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

NEVER_FILLED = {"file", "password", "submit", "image", "button", "reset"}
CSRF = "csrfmiddlewaretoken"


class Tag(NamedTuple):
    """A start tag: its name, its attributes, and where it begins and ends in the page."""

    name: str
    attributes: dict
    begin: int
    end: int

    def written(self, **changes):
        """As HTML. A change to None removes the attribute, one to "" writes its name alone."""
        attributes = {name: value for name, value in (self.attributes | changes).items() if value is not None}
        words = [name if value == "" else f'{name}="{escape(value)}"' for name, value in attributes.items()]
        return f"<{' '.join([self.name, *words])}>"


@dataclass
class Control:
    """An input, a choice or a text of a form; `words` is where the words of a text area stand in the page."""

    tag: Tag
    name: str
    words: tuple = ()
    is_multiple: bool = False

    @property
    def kind(self):
        return self.tag.attributes.get("type", "text").lower() if self.tag.name == "input" else self.tag.name


@dataclass
class Form:
    """A form of the page: where its buttons send it, and what it asks."""

    tag: Tag
    addresses: set
    controls: list = field(default_factory=list)
    folds: list = field(default_factory=list)
    buttons: set = field(default_factory=set)

    @property
    def names(self):
        return {control.name for control in self.controls} | self.buttons


class FormReader(HTMLParser):
    """Finds the forms of the page at `path`, in the order in which they stand there."""

    def __init__(self, page, path):
        super().__init__(convert_charrefs=True)
        self.path, self.forms, self._by_id, self._later = path, [], {}, []
        self._form = self._select = self._text = None
        self._folds = []
        self._lines = [0]
        for line in page.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self.feed(page)
        self.close()
        for form_id, add in self._later:
            if form := self._by_id.get(form_id):
                add(form)

    @property
    def _here(self):
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, name, attributes):
        here = self._here
        values = {key: value or "" for key, value in reversed(attributes)}
        tag = Tag(name, dict(reversed(values.items())), here, here + len(self.get_starttag_text()))
        if begin := getattr(self, f"begin_{name}", None):
            begin(tag)

    def handle_endtag(self, name):
        if end := getattr(self, f"end_{name}", None):
            end()

    def begin_form(self, tag):
        self._form = Form(tag, {self._address(tag.attributes.get("action", ""))})
        self.forms.append(self._form)
        if form_id := tag.attributes.get("id"):
            self._by_id[form_id] = self._form

    def end_form(self):
        self._form = None

    def begin_details(self, tag):
        self._folds.append(tag)

    def end_details(self):
        if self._folds:
            self._folds.pop()

    def begin_input(self, tag):
        if tag.attributes.get("type", "").lower() in ("submit", "image"):
            self.begin_button(tag)
        else:
            self._add_control(Control(tag, tag.attributes.get("name", "")))

    def begin_button(self, tag):
        """A button may send its form elsewhere than the form itself does."""
        address, name = tag.attributes.get("formaction"), tag.attributes.get("name", "")

        def add(form):
            form.buttons.add(name)
            if address:
                form.addresses.add(self._address(address))

        self._with_form(tag, add)

    def begin_select(self, tag):
        self._select = tag

    def end_select(self):
        self._select = None

    def begin_option(self, tag):
        if self._select is not None:
            name, is_multiple = self._select.attributes.get("name", ""), "multiple" in self._select.attributes
            self._add_control(Control(tag, name, is_multiple=is_multiple), owner=self._select)

    def begin_textarea(self, tag):
        self._text = Control(tag, tag.attributes.get("name", ""))

    def end_textarea(self):
        if self._text is not None:
            self._text.words = (self._text.tag.end, self._here)
            self._add_control(self._text)
        self._text = None

    def _add_control(self, control, owner=None):
        if not control.name or "disabled" in control.tag.attributes:
            return
        folds = list(self._folds)

        def add(form):
            form.controls.append(control)
            form.folds += [(control.name, fold) for fold in folds]

        self._with_form(owner or control.tag, add)

    def _with_form(self, tag, add):
        if form_id := tag.attributes.get("form"):
            self._later.append((form_id, add))
        elif self._form is not None:
            add(self._form)

    def _address(self, action):
        return urlsplit(urljoin(self.path, action)).path


def filled(page, path, *, action, sent):
    """The page with `sent` (names to lists of values) in its form for the address `action`.

    None if the page at `path` has no such form, or one that has no place for something that was sent.
    """
    forms = [form for form in FormReader(page, path).forms if action in form.addresses]
    if not forms:
        return None
    form = max(forms, key=lambda each: _likeness(each, sent))
    if _without_place(form, sent):
        return None
    return _with_edits(page, _edits(form, sent))


def _likeness(form, sent):
    """Pages have several forms for one address: the same questions, then the same hidden answers."""
    hidden = [control for control in form.controls if control.kind == "hidden" and control.name != CSRF]
    same = sum(control.tag.attributes.get("value", "") in sent.get(control.name, []) for control in hidden)
    return len(form.names & sent.keys()), same


def _without_place(form, sent):
    """A name that the form does not ask for, or a text that was sent more often than it asks."""
    asked = {}
    for control in form.controls:
        asked[control.name] = asked.get(control.name, 0) + 1
    return [name for name, values in sent.items() if any(values) and name not in form.names] + [
        name for name, values in sent.items() if name in asked and len(values) > asked[name]
    ]


def _edits(form, sent):
    """What to write where: (begin, end, HTML)."""
    left = {name: list(values) for name, values in sent.items()}
    edits = [edit for control in form.controls if (edit := _edit(control, sent, left))]
    folds = {fold.begin: fold for name, fold in form.folds if any(sent.get(name, []))}
    return edits + [(fold.begin, fold.end, fold.written(open="")) for fold in folds.values()]


def _edit(control, sent, left):
    tag, name = control.tag, control.name
    if name == CSRF or control.kind in NEVER_FILLED:
        return None
    if control.kind in ("checkbox", "radio"):
        is_chosen = tag.attributes.get("value", "on") in sent.get(name, [])
        return tag.begin, tag.end, tag.written(checked="" if is_chosen else None)
    if control.kind == "option":
        if name not in sent and not control.is_multiple:
            return None
        is_chosen = tag.attributes.get("value", "") in sent.get(name, [])
        return tag.begin, tag.end, tag.written(selected="" if is_chosen else None)
    if not left.get(name):
        return None
    value = left[name].pop(0)
    if control.words:
        return *control.words, "\n" + escape(value)  # the first line break of a text area is not part of it
    return tag.begin, tag.end, tag.written(value=value)


def _with_edits(page, edits):
    parts, at = [], 0
    for begin, end, words in sorted(edits):
        parts += [page[at:begin], words]
        at = end
    return "".join([*parts, page[at:]])
