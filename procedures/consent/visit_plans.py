"""What the physician intends to do at a visit: the patient agrees to this plan, and the record is compared with it."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.errors import DomainError, MoveNotAllowed
from clinic.lib.texts import has_visible_text
from clinic.models import Appointment, AppointmentStatus, PractitionerRole
from procedures.models import PlannedSite, Procedure, ProcedurePlan

MAX_SITES = 20
WHILE_IT_IS = [AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED]


class VisitOver(MoveNotAllowed):
    sentence = gettext_lazy("This visit is over or cancelled. Its plan and its consent stay as they are.")


def refuse_if_over(appointment):
    """Raises VisitOver for a visit that can no longer be planned or agreed to."""
    is_signed = Procedure.objects.signed().filter(appointment=appointment).exists()
    if appointment.status not in WHILE_IT_IS or is_signed:
        raise VisitOver


def plan(appointment, *, definition, guidance, guidance_reason, with_steroid, sites, by, at):
    """Write or replace the plan of a visit. `sites` are pairs of a Muscle and a Side.

    Returns the plan and the consent that it ended, if any: consent to another plan is not consent to this one. The
    same plan again changes nothing. Raises VisitOver, MoveNotAllowed for a physiotherapist's visit,
    DomainError for the field `sites` or `guidance_reason`.
    """
    sites = list(dict.fromkeys((muscle.pk, side) for muscle, side in sites))
    if not 0 < len(sites) <= MAX_SITES:
        sentence = _("Choose at least one muscle and its side, and %(most)s at most.") % {"most": MAX_SITES}
        raise DomainError(sentence, field="sites")
    if not has_visible_text(guidance_reason):
        raise DomainError(_("Write why, in words that the patient understands."), field="guidance_reason")
    said = {
        "definition": definition,
        "guidance": guidance,
        "guidance_reason": guidance_reason.strip(),
        "with_steroid": with_steroid,
    }
    with transaction.atomic():
        appointment = _locked(appointment)
        there = ProcedurePlan.objects.filter(appointment=appointment).first()
        if there and _contents(there) == (said, set(sites)):
            return there, None
        return _replace(there, appointment, said, sites, by=by, at=at)


def _locked(appointment):
    appointment = Appointment.objects.select_for_update(of=["self"]).select_related("visit_type").get(pk=appointment.pk)
    if appointment.visit_type.role != PractitionerRole.PHYSICIAN:
        raise MoveNotAllowed(_("This is a visit for physiotherapy. Injections are planned for a physician's visit."))
    refuse_if_over(appointment)
    return appointment


def _contents(there):
    said = {name: getattr(there, name) for name in ("definition", "guidance", "guidance_reason", "with_steroid")}
    return said, set(there.sites.values_list("muscle", "side"))


def _replace(there, appointment, said, sites, *, by, at):
    written = there or ProcedurePlan(appointment=appointment, patient_id=appointment.patient_id)
    for name, value in (said | {"planned_by": by, "planned_at": at}).items():
        setattr(written, name, value)
    written.save()
    written.sites.all().delete()
    PlannedSite.objects.bulk_create(PlannedSite(plan=written, muscle_id=pk, side=side) for pk, side in sites)
    ended = written.consents.standing().first()
    if ended:
        ended.withdrawn_at, ended.withdrawn_by = at, by
        ended.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return written, ended
