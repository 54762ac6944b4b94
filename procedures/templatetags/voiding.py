"""What the pages of a record show of its being void, or of somebody asking for it."""

from django import template

from procedures.models import Procedure, ProcedureStatus, VoidRequest

register = template.Library()


@register.inclusion_tag("practice/records/voiding/_box.html")
def void_notice(procedure):
    """Above a signed record: who says that it is wrong as a whole."""
    return {"procedure": procedure, "asked": _asked(procedure), "is_notice": True}


@register.inclusion_tag("practice/records/voiding/_box.html")
def void_way(procedure):
    """Below a signed record: the way to void it, unless somebody asks for it already."""
    return {"procedure": procedure, "asked": _asked(procedure), "is_notice": False}


def _asked(procedure):
    return VoidRequest.objects.filter(procedure=procedure).select_related("asked_by").first()


@register.inclusion_tag("practice/records/voiding/_voided_records.html")
def voided_records(appointment, user):
    """Links to what was written of this visit and counts no more."""
    if not user.has_perm("procedures.view_procedure"):
        return {"records": []}
    records = Procedure.objects.visible_to(user).filter(appointment=appointment, status=ProcedureStatus.VOID)
    return {"records": records}
