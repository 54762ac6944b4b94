"""Deleting the rows of a record: only of those whose time is over, or who never had one. The database checks it, too.

What stays says nothing about the person: the row itself, the visits as times that were taken, and the trail.
"""

from django.db import connection, transaction

from clinic.models import PatientChange, PatientDetails
from clinic.privacy import own_data


def delete(patient):
    """Delete what was written about the patient's health and file, and its pictures. Call it in a transaction."""
    found = {model: rows for model, rows in own_data.rows_of(patient, given_only=False).items() if is_deleted(model)}
    files = [
        path for model, rows in found.items() for row in rows for _name, path in own_data.special(model).files(row)
    ]
    for model in _parts_first(list(found)):
        keys = [row.pk for row in found[model]]
        for field in model._meta.local_many_to_many:
            if field.remote_field.through._meta.auto_created:
                through = field.remote_field.through._base_manager
                through.filter(**{f"{field.m2m_field_name()}__in": keys})._raw_delete(connection.alias)
        model._base_manager.filter(pk__in=keys)._raw_delete(connection.alias)
    transaction.on_commit(lambda: [path.unlink(missing_ok=True) for path in files])


def is_deleted(model):
    """Not what the clinic needs to know that a time was taken, a message sent, a record opened."""
    if model in (PatientDetails, PatientChange):
        return True
    return model._meta.app_label != "clinic" or model._meta.label_lower in own_data.ABOUT_HEALTH


def _parts_first(models):
    """A model before those that it points to: a trigger looks from a part to its whole."""
    ordered = []
    while models:
        named = {
            field.related_model for model in models for field in model._meta.fields if field.related_model != model
        }
        free = [model for model in models if model not in named] or models[:1]
        ordered += free
        models = [model for model in models if model not in free]
    return ordered
