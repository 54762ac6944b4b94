"""What a record and its parts point to, written into their own columns at the signature: later edits change nothing."""

from django.db.models import DecimalField, ExpressionWrapper, F

from clinic.lib import as_it_was
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
