"""The parts of a record's pages that say it is void, or that somebody asks to void it."""

from django import template

from procedures.models import Procedure, ProcedureStatus, VoidRequest
from procedures.records import lot_recall

register = template.Library()


@register.inclusion_tag("practice/records/voiding/_box.html")
def void_notice(procedure):
    """Above a signed record: who has asked to void it."""
    return {"procedure": procedure, "asked": _asked(procedure), "is_notice": True}


@register.inclusion_tag("practice/records/voiding/_box.html")
def void_way(procedure):
    """Below a signed record: the link to void it, unless somebody has asked already."""
    return {"procedure": procedure, "asked": _asked(procedure), "is_notice": False}


def _asked(procedure):
    return VoidRequest.objects.filter(procedure=procedure).select_related("asked_by").first()


@register.inclusion_tag("practice/records/voiding/_voided_records.html")
def voided_records(appointment, user):
    """Links to the void records of this visit."""
    if not user.has_perm("procedures.view_procedure"):
        return {"records": []}
    records = Procedure.objects.visible_to(user).filter(appointment=appointment, status=ProcedureStatus.VOID)
    return {"records": records}


@register.filter
def patient_of(drug):
    """Who was given it, whatever the record says; None if nobody knows."""
    return lot_recall.patient_of(drug)


@register.filter
def words_of(procedure):
    """What became of a record, and of a void one whether it was injected."""
    return lot_recall.words_of(procedure)
