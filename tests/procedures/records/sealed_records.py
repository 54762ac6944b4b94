"""Records made row by row, past the acts: what the database alone must refuse is tested with them."""

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from procedures.models import Procedure, UltrasoundImage
from procedures.records import sealed_parts
from tests import factories


def written(visit=None, **more):
    """A draft with every part that the database asks for at signing."""
    visit = visit or factories.arrived()
    usual = {"observation_minutes": 15, "needles_in": 1, "needles_out": 1, "had_complications": True}
    procedure = Procedure.objects.create(
        appointment=visit,
        patient=visit.patient,
        definition=factories.definition(visit_type=visit.visit_type),
        performed_by=visit.practitioner,
        performed_on=visit.on,
        **usual | more,
    )
    site = factories.site(procedure=procedure, depth_mm=20, is_confirmed=True)
    site.save()
    factories.drug(procedure=procedure, site=site, given_on=visit.on).save()
    for moment, score in (("before", 7), ("after", 3)):
        procedure.pain_scores.create(moment=moment, score=score)
    procedure.complications.create(kind="faint", what_was_done="Lay down.")
    picture = {"name": f"picture-{procedure.pk}", "width": 10, "height": 10, "sha256": "0" * 64}
    UltrasoundImage.objects.create(procedure=procedure, site=site, added_by=factories.user(), **picture)
    sealed_parts.seal(Procedure.objects.filter(pk=procedure.pk))
    return procedure


def close(procedure, *, by=None, at=None):
    """Sign in the database alone."""
    procedure.status, procedure.signed_by, procedure.signed_at = "signed", by or factories.user(), at or timezone.now()
    procedure.save(update_fields=["status", "signed_by", "signed_at"])
    return procedure


def closed(visit=None, **more):
    return close(written(visit, **more))


def sql(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def refused(statement, *values):
    """True when the database refuses it by a seal."""
    try:
        sql(statement, *values)
    except IntegrityError as error:
        if "sealed:" not in str(error):
            raise
        return True
    return False


def table(model):
    return model._meta.db_table
