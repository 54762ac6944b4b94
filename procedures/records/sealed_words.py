"""A record in words, as blocks that a page and a PDF draw alike: what is signed is what is read here.

A block has a heading, and pairs of a label and words, or columns and rows. Fields that nobody names here appear with
their own label, so that none is left out.
"""

from datetime import date, datetime
from decimal import Decimal

from django.db.models import ForeignKey
from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from procedures.models import (
    Addendum,
    Complication,
    DrugAdministration,
    InjectionSite,
    PainMoment,
    PainScore,
    Procedure,
    SecondApproval,
    UltrasoundImage,
    VoidRequest,
)
from procedures.records.sealed_facts import called

# Shown by the block that says whose record it is and who signed it.
HEAD = {"definition", "performed_by"}
DOSE = {"dose_profile", "weight_kg", "weight_on", "dosing_weight_kg", "dose_cut_percent"}


def block(heading, pairs=(), *, columns=(), rows=()):
    return {
        "heading": str(heading),
        "pairs": [[str(label), str(words)] for label, words in pairs],
        "columns": [str(column) for column in columns],
        "rows": [[str(cell) for cell in row] for row in rows],
    }


def of_record(procedure, parts):
    """The blocks of what the record itself says; `parts`: the models of its parts."""
    yield block(_("Record"), [*_whose(procedure), *_signature(procedure)])
    for model in (InjectionSite, DrugAdministration):
        yield _table(procedure, model)
    yield block(_("Pain from 0 to 10"), _pain(procedure))
    yield block(_("Afterwards"), pairs(procedure, [name for name in _labelled(Procedure) if _is_afterwards(name)]))
    yield block(_("Reasons"), pairs(procedure, [name for name in _labelled(Procedure) if name.endswith("_reason")]))
    for model in parts:
        if model not in (InjectionSite, DrugAdministration, PainScore):
            yield _table(procedure, model)
    yield block(_("Note, only for physicians"), [(_("Note"), procedure.note)] if procedure.note else [])


def of_addendum(addendum):
    who = [(_("By"), called(addendum.by)), (_("At"), words(addendum.at))]
    return block(_("Note added later"), [*who, *pairs(addendum, _labelled(Addendum))])


def of_void(request):
    """Two people's words: why it is void, and whether it was injected."""
    asked, agreed = called(request.asked_by), called(request.agreed_by)
    who = [
        (_("Asked for by"), f"{asked}, {words(request.asked_at)}"),
        (_("Agreed by"), f"{agreed}, {words(request.agreed_at)}"),
    ]
    return block(_("Void: this record does not count"), [*pairs(request, _labelled(VoidRequest)), *who])


def _whose(procedure):
    patient = procedure.patient
    yield _("Patient"), patient
    yield _("Born"), words(patient.birth_date)
    yield _("Number of the patient"), patient.pk
    yield _("Procedure"), procedure.definition
    yield _("Done by"), procedure.performed_by
    yield _("Done on"), words(procedure.performed_on)


def _signature(procedure):
    yield _("Signed at"), words(procedure.signed_at)
    yield _("Signed by"), called(procedure.signed_by)


def _pain(procedure):
    scores = {score.moment: score.score for score in procedure.pain_scores.all()}
    return [(capfirst(moment.label), scores[moment]) for moment in PainMoment if moment in scores]


def _is_afterwards(name):
    """Everything that no other block shows."""
    return name not in {*HEAD, *DOSE, "note"} and not name.endswith("_reason")


def _labelled(model):
    """Names of the fields that have a label for people; the others are for programs."""
    fields = [field for field in model._meta.concrete_fields if field.editable]
    return [field.name for field in fields if not isinstance(field.verbose_name, str)]


def pairs(row, names):
    said = [(label(row, name), of_field(row, name)) for name in names]
    return [(name, value) for name, value in said if value]


def _table(procedure, model):
    """A row for each part; a column that is empty in all of them is left out."""
    heading, more = MORE.get(model, (capfirst(model._meta.verbose_name_plural), lambda row: []))
    rows = model.objects.filter(procedure=procedure).order_by("pk")
    found = [
        {**{label(row, name): of_field(row, name) for name in _labelled(model)}, **dict(more(row))} for row in rows
    ]
    columns = [name for name in (found[0] if found else {}) if any(cells[name] for cells in found)]
    return block(heading, columns=columns, rows=[[cells[name] for name in columns] for cells in found])


def _region(site):
    yield _("Region"), str(site.muscle.region)


def _strength(drug):
    product = drug.preparation
    yield _("mg"), words(drug.mg)
    yield _("mg in 1 mL"), words(product.mg_per_ml)
    yield _("Adrenaline"), words(product.has_adrenaline or None)
    yield _("Additives"), product.additives


def _who(approval):
    yield _("By"), called(approval.by)
    yield _("At"), words(approval.at)


def _picture(image):
    yield _("SHA-256"), image.sha256


# Headings, and what is said beside the labelled fields: pairs of a label and words.
MORE = {
    InjectionSite: (gettext_lazy("Where the needle went in"), _region),
    DrugAdministration: (gettext_lazy("What was given"), _strength),
    Complication: (gettext_lazy("What went wrong"), lambda row: []),
    SecondApproval: (gettext_lazy("A second physician"), _who),
    UltrasoundImage: (gettext_lazy("Pictures"), _picture),
}


def label(row, name):
    return capfirst(str(row._meta.get_field(name).verbose_name))


def of_field(row, name):
    field = row._meta.get_field(name)
    if isinstance(field, ForeignKey):
        other = getattr(row, name)
        return "" if other is None else getattr(other, "clinical_name", "") or called(other)
    if field.choices:
        return str(getattr(row, f"get_{name}_display")() or "")
    return words(getattr(row, name))


def words(value):
    """As a person reads it: "" for nothing, numbers and days as the reader's language writes them."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return formats.date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return formats.date_format(value, "DATE_FORMAT")
    if isinstance(value, Decimal):
        return str(formats.localize(value.normalize() + Decimal(0)))
    return str(value)
