"""A complication changes the days after: what comes first for the patient, who calls and when, what is asked sooner.

The words are kept with the plan as they were at the signature; the catalogue's rows are for later records.
"""

from datetime import timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from aftercare import work_kinds
from clinic import worklist
from procedures.models import ComplicationAdvice, ComplicationKind
from procedures.records.earlier_complications import GRAVE

WORDS = ["heading", "patient_advice", "physiotherapist_advice"]
NUMBERS = ["asks_about_breath", "call_hours", "check_hours", "leads_hours"]


def advice_about(procedure):
    """What is kept with the plan of this record: one dict for each kind of complication, the gravest first.

    Hours are elapsed hours from the begin of the plan, or None.
    """
    kinds = list(dict.fromkeys(procedure.complications.values_list("kind", flat=True)))
    rows = ComplicationAdvice.objects.in_bulk(kinds) if kinds else {}
    kept = [_kept(rows[kind]) if kind in rows else _without_row(kind) for kind in kinds]
    return sorted(kept, key=lambda each: not each["is_grave"])


def _kept(row):
    about = {"kind": row.pk, "is_grave": row.is_grave, "name": row.get_kind_display()}
    return about | {name: getattr(row, name) for name in [*WORDS, *NUMBERS]}


def _without_row(kind):
    """A clinic that has no row of this kind still says that something happened, and calls."""
    is_grave = kind in GRAVE
    return {
        "kind": kind,
        "is_grave": is_grave,
        "name": str(ComplicationKind(kind).label),
        "heading": _("Something went wrong in your visit"),
        "patient_advice": _("Do what the doctor told you when you left.\nSomething feels worse or new? Call us today."),
        "physiotherapist_advice": _("Ask the physician before the first treatment."),
        "asks_about_breath": kind == ComplicationKind.BREATHING,
        "call_hours": 4 if is_grave else 24,
        "check_hours": 4 if is_grave else 24,
        "leads_hours": 72 if is_grave else 48,
    }


def ask_for_a_call(plan, *, at):
    """A work item for whoever calls the patient, in the time that the gravest complication leaves; urgent if grave.

    It names no complication: the desk sees the same list.
    """
    hours = [each["call_hours"] for each in plan.complications if each["call_hours"]]
    if not hours:
        return
    is_grave = any(each["is_grave"] for each in plan.complications)
    says = _("Something went wrong in the visit of %(day)s. Call, ask how the patient is, and write what they say.")
    worklist.open(
        work_kinds.COMPLICATION_GRAVE if is_grave else work_kinds.COMPLICATION,
        cause=plan.procedure_id,
        patient=plan.patient,
        appointment=plan.procedure.appointment,
        what_to_say=says % {"day": date_format(plan.procedure.performed_on, "DATE_FORMAT")},
        due_at=max(plan.starts_at + timedelta(hours=min(hours)), at),
    )


def stop(procedure, *, reason, at):
    """Nobody calls because of this record any more."""
    kinds = [work_kinds.COMPLICATION, work_kinds.COMPLICATION_GRAVE]
    worklist.settle(*kinds, cause=procedure.pk, note=reason, at=at)
