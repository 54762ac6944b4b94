"""Two versions of one record beside each other: what is different, in words, so that a person can choose."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.forms import BooleanField, ChoiceField, DecimalField, HiddenInput, IntegerField, ModelChoiceField
from django.utils.translation import gettext as _

from procedures.records.suggestions import COPIED_FIELDS

# The server fills these in where nothing is typed: an empty field says the same.
FILLED_IN = {"weight_on", "dose_cut_percent"}
# What makes two rows the same row, written differently.
SAME_ROW = {"sites": ("muscle", "side"), "drugs": ("preparation",), "complications": ("kind",)}


@dataclass(frozen=True)
class Difference:
    """One thing that is written differently: `there` in the other version, `here` on this page; "" for nothing."""

    label: str
    there: str
    here: str


def differences(here, there):
    """Between two RecordForms of one visit, in the order of the page."""
    found = [each for part in here.parts for each in _of_rows(part, here.parts[part], there.parts[part])]
    for name in ("dose", "record"):
        found += _of_fields(here.single_forms[name], there.single_forms[name])
    return found


def _of_rows(part, here, there):
    ours, theirs = _written(here), _written(there)
    for number in range(max(len(ours), len(theirs))):
        our, their = ours[number : number + 1], theirs[number : number + 1]
        name = _row_names()[part] % {"number": number + 1}
        if our and their and _identity(part, our[0]) == _identity(part, their[0]):
            yield from _of_fields(our[0], their[0], row=name)
        else:
            yield Difference(name, *("".join(map(_words_of_row, rows)) for rows in (their, our)))


def _row_names():
    return {"sites": _("Site %(number)s"), "drugs": _("Drug %(number)s"), "complications": _("What went wrong")}


def _written(rows):
    """Without the rows that say nothing but what was copied from the row above."""
    return [form for form in rows.kept_forms if any(_words(form, name) for name in _own_fields(form))]


def _own_fields(form):
    return [name for name in _compared(form) if name not in COPIED_FIELDS]


def _identity(part, form):
    return [_words(form, name) for name in SAME_ROW[part]]


def _of_fields(here, there, *, row=""):
    for name in _compared(here):
        ours, theirs = _words(here, name), _words(there, name)
        if ours != theirs and not (name in FILLED_IN and "" in (ours, theirs)):
            label = str(here.fields[name].label)
            yield Difference(f"{row}, {label}" if row else label, theirs, ours)


def _words_of_row(form):
    """In one line; all but what makes the row this row has its label before it."""
    named = SAME_ROW[form.prefix.partition("-")[0]]
    written = [(name, words) for name in _compared(form) if (words := _words(form, name))]
    return ", ".join(words if name in named else f"{form.fields[name].label}: {words}" for name, words in written)


def _compared(form):
    """What stands in a hidden field is nothing that somebody typed."""
    fields = form.fields.items()
    return [name for name, field in fields if name != "DELETE" and not isinstance(field.widget, HiddenInput)]


def _words(form, name):
    """What a reader sees in the field: the label of a choice, a number without needless noughts."""
    field, value = form.fields[name], form[name].value()
    if name == "is_confirmed":
        return _("yes") if form.is_agreed else ""
    if value is None or value is False or value == "":
        return ""
    if isinstance(field, BooleanField):
        return _("yes")
    if isinstance(field, ChoiceField | ModelChoiceField):
        return _chosen(field, str(getattr(value, "pk", value)))
    text = str(value).strip().replace("\r\n", "\n")
    return _plain(text) if isinstance(field, DecimalField | IntegerField) else text


def _chosen(field, key):
    """The label of the choice; the key itself where there is no such choice (any more)."""
    labels = {}
    for value, label in field.choices:
        labels |= {str(each): text for each, text in label} if isinstance(label, list | tuple) else {str(value): label}
    return str(labels.get(key, key))


def _plain(text):
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return text
    return f"{number.normalize():f}" if number.is_finite() else text
