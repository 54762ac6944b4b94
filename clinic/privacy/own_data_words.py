"""A patient's data in words, for the page that goes along with them: each row as pairs of a label and a value."""

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from clinic.models import Patient
from clinic.privacy import own_data

# What only the machine needs.
LEFT_OUT = {"id", "search_name", "key", "request_token", "held_by", "held_from", "held_until", "calendar_sequence"}
LEFT_OUT |= {"sequence", "sending", "cause", "occasion", "claim_token", "leased_until", "call_started_at", "crashes"}
LEFT_OUT |= {"in_doubt_since", "next_try_at", "may_wake", "told_in", "other_words", "calendar", "provider_reference"}
LEFT_OUT |= {"way_out", "words_sha256", "sha256", "width", "height", "merged_into", "patient", "tries_then"}
LEFT_OUT |= {"message", "identifier_sealed", "identifier_mark", "locked_at", "erased_at"}


def sections(rows):
    """For each model of `own_data.rows_of` its name, and its rows: each with its values and the names of its files."""
    return [
        {"heading": _heading(model), "rows": [_in_words(row) for row in its_rows]} for model, its_rows in rows.items()
    ]


def _heading(model):
    if model is Patient:
        return _("You")
    return capfirst(own_data.special(model).label or model._meta.verbose_name_plural)


def _in_words(row):
    shown = [field for field in row._meta.concrete_fields if field.name not in LEFT_OUT]
    values = [(capfirst(field.verbose_name), _value(row, field)) for field in shown]
    values += [(capfirst(field.verbose_name), _names(row, field)) for field in row._meta.local_many_to_many]
    values += own_data.special(type(row)).opened(row).items()
    files = [name for name, path in own_data.special(type(row)).files(row) if path.is_file()]
    return {"values": [(label, value) for label, value in values if value != ""], "files": files}


def _value(row, field):
    value = getattr(row, field.name)
    if value is None or value == [] or value == {}:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    if isinstance(field, models.DateTimeField):
        return date_format(timezone.localtime(value), "j F Y, H:i")
    if isinstance(field, models.DateField):
        return date_format(value, "j F Y")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return _of_a_person(value) if hasattr(value, "get_full_name") else str(value)


def _of_a_person(user):
    """An account without a name is known by its address, which is nobody else's business."""
    return user.name


def _names(row, field):
    return ", ".join(str(one) for one in getattr(row, field.name).all())
