"""What the pages of a record show of its being void, or of somebody asking for it."""

from django import template

from procedures.models import Procedure, ProcedureStatus, VoidRequest

register = template.Library()


@register.inclusion_tag("voiding/_box.html")
def void_box(procedure):
    """Below a signed record: the way to void it, or who asks for it."""
    return {
        "procedure": procedure,
        "asked": VoidRequest.objects.filter(procedure=procedure).select_related("asked_by").first(),
    }


@register.inclusion_tag("voiding/_voided_records.html")
def voided_records(appointment, user):
    """Links to what was written of this visit and counts no more."""
    if not user.has_perm("procedures.view_procedure"):
        return {"records": []}
    records = Procedure.objects.visible_to(user).filter(appointment=appointment, status=ProcedureStatus.VOID)
    return {"records": records}
