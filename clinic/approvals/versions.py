"""Versions of the rows of the catalogue: what was used is kept as it was, however the row is edited afterwards.

The rows themselves are edited in place, so that plans, presets and addresses keep pointing to them. Whoever signs
something asks for the versions of what it points to: one that was edited by hand meanwhile gets its version then.
"""

import hashlib
import json

from django.db import connections, transaction
from django.db.models import OuterRef, Subquery

from clinic.approvals import rows
from clinic.approvals.clinical_models import CLINICAL_MODELS
from clinic.lib import append_only
from clinic.models import CatalogueVersion


def of_rows(found, *, at, change=None):
    """The CatalogueVersion of each row as it stands now; a row that says something else than before gets a new one."""
    found = list(found)
    with transaction.atomic():
        last = _last_of(found)
        return [_version(row, last.get(_place(row)), at=at, change=change) for row in found]


def _version(row, last, *, at, change):
    model, key = _place(row)
    kind = CLINICAL_MODELS.find(model)
    content = canonical(rows.snapshot(row, kind.children if kind else ()))
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    if last and last.sha256 == sha256:
        return last
    about = {"model": model, "row": key, "number": last.number + 1 if last else 1, "title": str(row)[:200]}
    return CatalogueVersion.objects.create(**about, content=content, sha256=sha256, made_at=at, change=change)


def canonical(taken):
    """The one text for a snapshot."""
    return json.dumps(taken, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _place(row):
    return row._meta.label_lower, str(row.pk)


def _last_of(found):
    """{(model, key): its newest version}."""
    places = {_place(row) for row in found}
    newest = CatalogueVersion.objects.filter(model=OuterRef("model"), row=OuterRef("row")).order_by("-number")
    last = CatalogueVersion.objects.filter(
        model__in={model for model, _key in places},
        row__in={key for _model, key in places},
        number=Subquery(newest.values("number")[:1]),
    )
    return {(each.model, each.row): each for each in last}


def altered():
    """The versions that are not what they were when they were made."""
    for version in CatalogueVersion.objects.iterator():
        if hashlib.sha256(version.content.encode()).hexdigest() != version.sha256:
            yield version


def install(sender=None, using="default", **kwargs):
    """A `post_migrate` receiver: versions are only ever added."""
    connection = connections[using]
    if CatalogueVersion._meta.db_table in connection.introspection.table_names():
        append_only.install([CatalogueVersion], using=using)


def lift(sender=None, using="default", **kwargs):
    """A `pre_migrate` receiver: SQLite cannot remake a table that a trigger names."""
    append_only.lift([CatalogueVersion], using=using)
