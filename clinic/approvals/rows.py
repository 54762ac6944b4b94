"""A row of the catalogue with the rows that belong to it, as data: taken, compared and put in force."""

import hashlib
import json
from dataclasses import dataclass

from django.apps import apps
from django.core import serializers
from django.db.models import AutoField, ForeignKey
from django.utils.text import capfirst
from django.utils.translation import gettext as _

NOTHING = "–"


def snapshot(row, children=()):
    """`row`, and every row of the models `children` that points at it by their key, as Django serialises them."""
    belonging = [
        child
        for model in children
        for child in model._default_manager.filter(**{parent_field(model, type(row)).name: row}).order_by("pk")
    ]
    return json.loads(serializers.serialize("json", [row, *belonging]))


def parent_field(model, parent):
    """The foreign key of a model whose rows belong to rows of `parent`."""
    return next(
        field for field in model._meta.fields if isinstance(field, ForeignKey) and field.related_model is parent
    )


def digest(taken):
    """What a page says it has shown: another snapshot has another."""
    return hashlib.sha256(json.dumps(taken, sort_keys=True).encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Difference:
    """One value, in words, as it was and as it is to be."""

    label: str
    before: str
    after: str

    @property
    def is_change(self):
        return self.before != self.after


def differences(before, after):
    """Every value of two snapshots side by side, those of the row itself first."""
    was, to_be = _by_row(before), _by_row(after)
    return [
        Difference(_label(field, number), _words(field, old.get(field.name)), _words(field, new.get(field.name)))
        for number, key in enumerate(dict.fromkeys([*was, *to_be]))
        for old, new in [(was.get(key, {}), to_be.get(key, {}))]
        for field in _fields(key[0])
        if field.name in old or field.name in new
    ]


def _by_row(rows):
    return {(row["model"], str(row["pk"])): row["fields"] for row in rows}


def _fields(model):
    meta = apps.get_model(model)._meta
    return [*meta.fields, *meta.many_to_many]


def _label(field, number):
    """Of rows that belong to it, with what such a row is called and its place."""
    own = capfirst(field.verbose_name)
    return own if number == 0 else f"{capfirst(field.model._meta.verbose_name)} {number}: {own}"


def _words(field, value):
    """As a person reads it: names instead of keys and codes."""
    if value is None or value == "" or value == []:
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.is_relation:
        keys = value if isinstance(value, list) else [value]
        return ", ".join(sorted(str(row) for row in field.related_model._default_manager.filter(pk__in=keys)))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(dict(field.flatchoices).get(value, value))


def put_in_force(after, *, before):
    """Store what a snapshot says, with the rules of each row. Returns the row itself.

    Keys that the database gave away only for the proposal are given anew. Raises ValidationError.
    """
    known = set(_by_row(before))
    _remove_the_rest(before, after)  # first: what takes its place may have its values
    main = None
    for number, read in enumerate(serializers.deserialize("python", after)):
        is_new = (read.object._meta.label_lower, str(read.object.pk)) not in known
        if is_new and isinstance(read.object._meta.pk, AutoField):
            read.object.pk = None
        if number:
            setattr(read.object, parent_field(type(read.object), type(main)).attname, main.pk)
        _store(read, is_new=is_new)
        main = main or read.object
    return main


def _store(read, *, is_new):
    read.object._state.adding = is_new
    read.object.full_clean()
    read.object.save()
    for name, keys in read.m2m_data.items():
        getattr(read.object, name).set(keys)


def _remove_the_rest(before, after):
    """What belonged to the row, and does not any more."""
    for model, key in _by_row(before).keys() - _by_row(after).keys():
        apps.get_model(model)._default_manager.filter(pk=key).delete()
