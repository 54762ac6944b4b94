"""Rows as plain data, field by field: a column that somebody adds to a record or its parts gets in by itself."""

from datetime import UTC, date, datetime
from decimal import Decimal

from django.db.models import ForeignKey
from django.utils.translation import gettext as _

from clinic.models import User
from procedures.models import Procedure

# The state and the patient of a signed record may change, by a void and by a merge; the rest never does.
MAY_CHANGE = {Procedure: {"status", "patient"}}


def of_row(row, *, with_names=True):
    """{field: value}; a key to another row says which one and, `with_names`, what that is called."""
    left_out = MAY_CHANGE.get(type(row), set())
    fields = [field for field in row._meta.concrete_fields if field.name not in left_out]
    return {field.name: _value(row, field, with_names) for field in fields}


def of_parts(procedure, models):
    """{name of the model: its rows of this record, in order}."""
    return {
        model._meta.model_name: [of_row(row) for row in model.objects.filter(procedure=procedure).order_by("pk")]
        for model in models
    }


def _value(row, field, with_names):
    key = plain(getattr(row, field.attname))
    if not isinstance(field, ForeignKey) or key is None:
        return key
    return {"key": key, "is": called(getattr(row, field.name)) if with_names else ""}


def called(row):
    """A colleague's name, never an address: the patient takes the seals along."""
    if isinstance(row, User):
        return row.name or _("account %(number)s") % {"number": row.pk}
    return str(row)


def plain(value):
    """The same text whatever the database: 2 for 2.00, instants in UTC."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, (bool, int, str, list, dict)) else str(value)


def changes(sealed, now):
    """Names of the fields that say something else now. What only one of the two has is of another time's columns."""
    return [name for name in sealed if name in now and _key(sealed[name]) != _key(now[name])]


def _key(value):
    """Rows that are pointed to may be renamed; what they were called is in columns of their own."""
    return value["key"] if isinstance(value, dict) and value.keys() == {"key", "is"} else value
