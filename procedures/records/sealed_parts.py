"""What a record and its parts point to, written into their own columns at the signature: later edits change nothing."""

from django.db.models import DecimalField, ExpressionWrapper, F

from clinic.lib import as_it_was
from clinic.models import Practitioner
from procedures.models import DrugAdministration, InjectionSite

SEALED_PARTS = [InjectionSite, DrugAdministration]


def seal(procedures):
    """Fill in the sealed columns of the records of a query set, drafts still, and of their parts."""
    as_it_was.seal(procedures)
    for model in SEALED_PARTS:
        as_it_was.seal(model.objects.filter(procedure__in=procedures))
    given = DrugAdministration.objects.filter(procedure__in=procedures, mg_per_ml__isnull=False)
    given.update(mg_given=ExpressionWrapper(F("volume_ml") * F("mg_per_ml"), DecimalField()))


def unsealed(model):
    """SQL: the row `part` of a model does not say yet what its keys point to."""
    return " OR ".join(f"part.{column} = ''" for column in columns_to_fill(model))


def columns_to_fill(model):
    """One of each key that every row has: while it is empty, the row is not sealed."""
    return [next(iter(key.sealed.values())) for key in as_it_was.kept_keys(model) if not key.null]


def pointed_to(procedure):
    """Every row of the catalogue that a record and its parts point to, as it stands in the database, each once."""
    parts = [part for model in SEALED_PARTS for part in model.objects.filter(procedure=procedure)]
    found, more = {}, _places_from([procedure, *parts])
    while more:
        rows = [row for model, key in sorted(more, key=str) for row in model._base_manager.filter(pk=key)]
        found |= {(type(row), row.pk): row for row in rows}
        more = _places_from(rows) - found.keys()
    return list(found.values())


def _places_from(rows):
    places = {(key.related_model, getattr(row, key.attname)) for row in rows for key in _catalogue_keys(row)}
    return {(model, key) for model, key in places if key is not None}


def _catalogue_keys(row):
    """The keys that are read as they were; who did it is a person, no row of the catalogue."""
    keys = [field for field in row._meta.concrete_fields if isinstance(field, as_it_was.AsItWasForeignKey)]
    return [key for key in keys if key.related_model is not Practitioner]
