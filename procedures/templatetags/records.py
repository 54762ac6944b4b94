"""The parts of a visit's pages about its record, for those who may see records."""

import json

from django import template
from django.utils import timezone

from procedures.models import Procedure, ProcedureDefinition, ProcedureStatus, SealOf
from procedures.records import sealed_content, signing

register = template.Library()


@register.inclusion_tag("practice/records/_record_box.html")
def record_box(appointment, user):
    """The record of this visit: write it, continue it, read it; or why it cannot be written."""
    if not user.has_perm("procedures.sign_procedure"):
        return {"is_shown": False}
    procedure = Procedure.objects.visible_to(user).standing().filter(appointment=appointment).first()
    return {
        "is_shown": True,
        "appointment": appointment,
        "user": user,
        "procedure": procedure,
        "refusal": "" if procedure else signing.refusal(appointment),
        "is_expected": ProcedureDefinition.objects.filter(visit_type=appointment.visit_type_id).exists(),
    }


@register.inclusion_tag("practice/records/_sealed.html")
def sealed_record(procedure):
    """A signed or void record in words, drawn from its seals alone, and its notes; with the hash and the PDF."""
    first, *later = sealed_content.seals_of(procedure, at=timezone.now())
    notes = [block for seal in later if seal.of == SealOf.ADDENDUM for block in _blocks(seal)]
    return {"procedure": procedure, "seal": first, "blocks": _blocks(first), "notes": notes}


def _blocks(seal):
    """Each cell with the heading of its column, which is beside it on a phone."""
    return [
        block | {"rows": [list(zip(block["columns"], row, strict=True)) for row in block["rows"]]}
        for block in json.loads(seal.content)["words"]
    ]


@register.inclusion_tag("practice/records/_end_visit.html", takes_context=True)
def end_visit(context, appointment):
    """The button that ends a visit without a record; a reason is required if a record was expected."""
    return {
        "appointment": appointment,
        "needs_reason": signing.expects_record(appointment),
        "csrf_token": context["csrf_token"],
    }


@register.inclusion_tag("practice/records/_past_records.html")
def past_records(appointment, user):
    """The patient's signed records of other visits, newest first."""
    if not user.has_perm("procedures.view_procedure"):
        return {"is_shown": False}
    records = Procedure.objects.visible_to(user).signed().filter(patient=appointment.patient_id)
    records = records.exclude(appointment=appointment).with_all_parts()
    return {"is_shown": True, "records": records[:10]}


@register.inclusion_tag("practice/records/_unsigned.html")
def unsigned_records(user):
    """The drafts of this physician that wait for a signature, oldest first: without it nobody gets aftercare."""
    if not user.has_perm("procedures.sign_procedure"):
        return {"records": []}
    drafts = Procedure.objects.visible_to(user).filter(status=ProcedureStatus.DRAFT, performed_by__user=user)
    return {"records": drafts.select_related("patient", "definition").order_by("performed_on", "pk")[:20]}
