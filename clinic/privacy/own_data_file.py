"""The file in which patients take their data along: JSON that loads again, pictures, and a page to read.

The JSON holds the rows as the database has them (`rows`), and what they name (`around`): the kind of visit, the
muscle, who treated, so that it means something elsewhere. `manage.py load_patient` reads it.
"""

import json
import zipfile

from django.conf import settings
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string

from clinic.models import Practitioner, User
from clinic.privacy import own_data, own_data_words

FORMAT, VERSION = "clinic-patient", 1
DATA, PAGE, PICTURES = "data.json", "index.html", "pictures"
# Says who asked for a page, or opens one: nobody else's business, and of no use elsewhere.
SECRETS = {"request_token", "held_by", "held_from", "claim_token"}
# Of people who work here only what a patient has read anyway.
ABOUT_COLLEAGUES = {User: ["name"], Practitioner: ["name", "role"]}


def write(patient, out, *, at):
    """Write the zip of this patient into the open binary file `out`."""
    rows = own_data.rows_of(patient)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        files = dict(_files(rows))
        archive.writestr(DATA, json.dumps(_data(patient, rows, at=at), cls=DjangoJSONEncoder, indent=1))
        sections = own_data_words.sections(rows)
        context = {"patient": patient, "sections": sections, "at": at, "name": settings.CLINIC_NAME}
        archive.writestr(PAGE, render_to_string("my/data/taken_along.html", context))
        for name, path in files.items():
            archive.write(path, f"{PICTURES}/{name}", zipfile.ZIP_STORED)


def _files(rows):
    for model, its_rows in rows.items():
        files = own_data.special(model).files
        yield from ((name, path) for row in its_rows for name, path in files(row) if path.is_file())


def _data(patient, rows, *, at):
    listed = [row for its_rows in rows.values() for row in its_rows]
    return {
        "format": FORMAT,
        "version": VERSION,
        "clinic": settings.CLINIC_NAME,
        "site": settings.SITE_URL,
        "made_at": at,
        "patient": patient.pk,
        "rows": [_as_data(row, rows) for row in listed],
        "around": [_as_data(row, rows) for row in _around(listed, set(rows))],
    }


def _as_data(row, known):
    """As Django's fixtures write it; without secrets, and without keys of rows that are not given."""
    (data,) = serializers.serialize("python", [row], fields=ABOUT_COLLEAGUES.get(type(row)))
    if opened := own_data.special(type(row)).opened(row):
        data["opened"] = opened
    for field in row._meta.concrete_fields:
        if field.name in SECRETS and field.name in data["fields"] and (field.null or not field.unique):
            data["fields"][field.name] = None if field.null else ""
        elif field.is_relation and field.null and not _is_given(row, field, known):
            data["fields"][field.name] = None
    return data


def _is_given(row, field, known):
    """A row of somebody else or of a message that has not left is not; what is no patient's own is in `around`."""
    key, of_model = getattr(row, field.attname), known.get(field.related_model)
    if of_model is not None:
        return any(one.pk == key for one in of_model)
    return not _is_own(field.related_model)


def _is_own(model):
    return own_data.leads_to_patient(model)


def _around(rows, own):
    """Whatever these rows name and is nobody's own, and what that names in turn; each once."""
    found, new = {}, rows
    while new:
        named = [one for row in new for one in _named(row) if not _is_own(type(one))]
        new = list({(type(one), one.pk): one for one in named if (type(one), one.pk) not in found}.values())
        found |= {(type(one), one.pk): one for one in new}
    return [one for _key, one in sorted(found.items(), key=lambda item: (item[0][0]._meta.label, str(item[0][1])))]


def _named(row):
    if type(row) in ABOUT_COLLEAGUES:
        return
    for field in row._meta.fields:
        if field.is_relation and (one := getattr(row, field.name)) is not None:
            yield one
    for field in row._meta.local_many_to_many:
        if field.remote_field.through._meta.auto_created:
            yield from getattr(row, field.name).all()
