"""Links to the summary of a visit, and to everything that is known about a patient."""

from django import template

from procedures.models import Procedure

register = template.Library()
SHOWN = 10


@register.inclusion_tag("practice/care_plans/_summary_box.html")
def summary_box(appointment, user):
    """For the physician, once the record is signed: to be printed and handed over."""
    if not user.has_perm("procedures.view_procedure"):
        return {"is_shown": False}
    signed = Procedure.objects.visible_to(user).true_as_written().filter(appointment=appointment)
    return {"is_shown": signed.exists(), "appointment": appointment}


@register.inclusion_tag("my/care_plans/_own_summaries.html")
def summaries_of(patient, user):
    """For `/my/`: what the patient was given after each injection, newest first."""
    records = Procedure.objects.visible_to(user).true_as_written().filter(patient=patient)
    return {"records": records.order_by("-performed_on", "-pk")[:SHOWN], "patient": patient}
