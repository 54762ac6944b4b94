"""What a page asks for: the fields of its forms, filled in as the page sent them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

FILE = object()


@dataclass
class Form:
    """`fields` are pairs of a name and what a browser would send; FILE for a file. `choices`: what a list offers."""

    action: str
    method: str
    fields: list = field(default_factory=list)
    choices: dict = field(default_factory=dict)

    def names(self):
        return list(dict.fromkeys(name for name, _value in self.fields))


class _Forms(HTMLParser):
    def __init__(self, address):
        super().__init__(convert_charrefs=True)
        self.address, self.forms, self.form, self.select, self.area = address, [], None, None, None

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        if tag == "form":
            self.form = Form(told.get("action") or self.address, told.get("method", "get").lower())
            self.forms.append(self.form)
        elif self.form is not None and told.get("name") and "disabled" not in told:
            self.take(tag, told)
        elif tag == "option" and self.select:
            self.choose(told)

    def take(self, tag, told):
        name, kind = told["name"], told.get("type", "text")
        if tag == "select":
            self.select = [name, None]
        elif tag == "textarea":
            self.area = [name, ""]
        elif tag in ("input", "button") and not (kind in ("checkbox", "radio") and "checked" not in told):
            self.form.fields.append((name, FILE if kind == "file" else told.get("value", "on")))
        elif tag == "input":
            self.form.fields.append((name, told.get("value", "on")))

    def choose(self, told):
        if self.form is not None:
            self.form.choices.setdefault(self.select[0], []).append(told.get("value", ""))
        if self.select[1] is None or "selected" in told:
            self.select[1] = told.get("value", "")

    def handle_data(self, data):
        if self.area:
            self.area[1] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "select" and self.select:
            self._close(self.select)
            self.select = None
        elif tag == "textarea" and self.area:
            self._close(self.area)
            self.area = None

    def _close(self, field):
        if self.form is not None:
            self.form.fields.append((field[0], field[1] or ""))


def forms_in(page, address):
    parser = _Forms(address)
    parser.feed(page)
    return parser.forms
