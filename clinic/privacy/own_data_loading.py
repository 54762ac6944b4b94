"""Loading what `own_data_file` wrote: into a new database of this clinic, or of another one that has this app."""

import json
import zipfile
from dataclasses import dataclass, field

from django.core import serializers
from django.db import connection, transaction

from clinic.lib import row_numbers
from clinic.models import Patient, Practitioner, User
from clinic.privacy import own_data, own_data_file


class CannotLoad(Exception):
    """Nothing was loaded. `str(error)` says why, for whoever runs the command."""


@dataclass
class Loaded:
    """How many rows of each model are new, and the patient."""

    patient: Patient
    rows: dict = field(default_factory=dict)
    pictures: int = 0


def load(file):
    """Load the zip in the open binary `file`, in one transaction, with the numbers that the rows had.

    What stands around them (kinds of visit, muscles, who treated) is used if it is here, and added if it is not; who
    treated and is not known here cannot sign in. Raises CannotLoad if a number is taken: nothing is ever written over.
    """
    with zipfile.ZipFile(file) as archive, transaction.atomic():
        data = _read(archive)
        around = [_row(one) for one in data["around"]]
        rows = [_row(one) for one in data["rows"]]
        _refuse_what_is_taken(rows)
        new = [one for one in around if not _is_here(one.object)]
        loaded = Loaded(next(one.object for one in rows if one.object.pk == data["patient"]))
        for one in [*map(_as_stranger, new), *rows]:
            one.save()
            label = one.object._meta.label_lower
            loaded.rows[label] = loaded.rows.get(label, 0) + 1
        connection.check_constraints()
        row_numbers.go_on_after({type(one.object) for one in [*new, *rows]})
        loaded.pictures = _write_pictures(archive, [one.object for one in rows])
    return loaded


def _read(archive):
    try:
        data = json.loads(archive.read(own_data_file.DATA))
        is_ours = data["format"] == own_data_file.FORMAT and data["version"] == own_data_file.VERSION
    except (KeyError, TypeError, ValueError) as error:
        raise CannotLoad("This is no file of a patient's data.") from error
    if not is_ours:
        raise CannotLoad("This file was written by another version of the app.")
    return data


def _row(data):
    """One row, not saved yet. A model that is not here, or a field, says that this is another version."""
    try:
        (one,) = serializers.deserialize("python", [data], handle_forward_references=True)
    except (serializers.base.DeserializationError, LookupError) as error:
        raise CannotLoad(f"{data.get('model')}: {error}") from error
    return one


def _refuse_what_is_taken(rows):
    for one in rows:
        model = type(one.object)
        if not own_data.leads_to_patient(model):
            raise CannotLoad(f"{model._meta.label} is no patient's own.")
        if model._base_manager.filter(pk=one.object.pk).exists():
            raise CannotLoad(f"{model._meta.label} {one.object.pk} is here already. Nothing was loaded.")


def _is_here(row):
    """Raises CannotLoad if its number belongs to something else here."""
    here = type(row)._base_manager.filter(pk=row.pk).first()
    if here is not None and not isinstance(row, User) and str(here) != str(row):
        raise CannotLoad(f"{row._meta.label} {row.pk} is “{here}” here and “{row}” in the file. Nothing was loaded.")
    return here is not None


def _as_stranger(one):
    """Who worked or signed elsewhere has a name here, and no way in."""
    row = one.object
    if isinstance(row, User):
        row.email, row.is_active = None, False
        row.set_unusable_password()
    elif isinstance(row, Practitioner):
        row.is_active = False
    return one


def _write_pictures(archive, rows):
    written = 0
    for row in rows:
        for name, path in own_data.special(type(row)).files(row):
            if path.exists():
                raise CannotLoad(f"The picture {name} is here already. Nothing was loaded.")
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_bytes(archive.read(f"{own_data_file.PICTURES}/{name}"))
            written += 1
    return written
