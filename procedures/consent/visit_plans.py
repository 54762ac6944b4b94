"""What the physician intends to do at a visit: the patient agrees to this plan, and the record is compared with it."""

from dataclasses import dataclass
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import worklist
from clinic.errors import DomainError, MoveNotAllowed
from clinic.lib.texts import has_visible_text
from clinic.models import Appointment, AppointmentStatus, PractitionerRole
from procedures import work_kinds
from procedures.models import (
    ConsentText,
    Guidance,
    Muscle,
    PlannedSite,
    Procedure,
    ProcedureDefinition,
    ProcedurePlan,
    Side,
)

MAX_SITES = 20
WHILE_IT_IS = [AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED]


class Place(NamedTuple):
    """Where the needle is to go; `which` is the muscle in words, if the list has no row for it."""

    muscle: Muscle
    side: Side
    which: str = ""


@dataclass(frozen=True)
class Intended:
    """What a physician intends to do at a visit, and why with that guidance."""

    definition: ProcedureDefinition
    guidance: Guidance
    guidance_reason: str
    with_steroid: bool
    sites: list[Place]

    @property
    def fields(self):
        """As the fields of a plan."""
        return {
            "definition": self.definition,
            "guidance": self.guidance,
            "guidance_reason": self.guidance_reason.strip(),
            "with_steroid": self.with_steroid,
        }

    @property
    def places(self):
        """Key of the muscle, side and words of each site, once each, in the order in which they were entered."""
        places = (Place(*site) for site in self.sites)
        return list(dict.fromkeys((place.muscle.pk, place.side, place.which) for place in places))

    def is_same_as(self, plan):
        fields = {name: getattr(plan, name) for name in self.fields}
        there = set(plan.sites.values_list("muscle", "side", "which_muscle"))
        return fields == self.fields and there == set(self.places)


class VisitOver(MoveNotAllowed):
    sentence = gettext_lazy("This visit is over or cancelled. Its plan and its consent stay as they are.")


def refuse_if_over(appointment):
    """Raises VisitOver for a visit that can no longer be planned or agreed to."""
    is_signed = Procedure.objects.signed().filter(appointment=appointment).exists()
    if appointment.status not in WHILE_IT_IS or is_signed:
        raise VisitOver


def plan(appointment, intended, *, by, at):
    """Write or replace the plan of a visit.

    Returns the plan and the consent that it ended, if any: consent to another plan is not consent to this one. The
    same plan again changes nothing. Raises VisitOver, MoveNotAllowed for a physiotherapist's visit,
    DomainError for the field `sites`, `guidance_reason` or `with_steroid`.
    """
    if not 0 < len(intended.places) <= MAX_SITES:
        sentence = _("Choose at least one muscle and its side, and %(most)s at most.") % {"most": MAX_SITES}
        raise DomainError(sentence, field="sites")
    if not has_visible_text(intended.guidance_reason):
        raise DomainError(_("Write why, in words that the patient understands."), field="guidance_reason")
    if not intended.definition.uses_drugs:
        _refuse_for_dry_needling(intended)
    with transaction.atomic():
        appointment = _locked(appointment)
        there = ProcedurePlan.objects.filter(appointment=appointment).first()
        if there and intended.is_same_as(there):
            return there, None
        plan = there or ProcedurePlan(appointment=appointment, patient_id=appointment.patient_id)
        return plan, _write(plan, intended, by=by, at=at)


def _refuse_for_dry_needling(intended):
    if intended.with_steroid:
        sentence = _("%(procedure)s is done without any drug, so without a steroid.")
        raise DomainError(sentence % {"procedure": intended.definition}, field="with_steroid")
    if not ConsentText.objects.filter(is_current=True).exclude(what_happens_dry="").exists():
        raise DomainError(
            _("The words of consent in use say nothing of dry needling. Ask the manager for a new version.")
        )


def _locked(appointment):
    appointment = Appointment.objects.select_for_update(of=["self"]).select_related("visit_type").get(pk=appointment.pk)
    if appointment.visit_type.role != PractitionerRole.PHYSICIAN:
        raise MoveNotAllowed(_("This is a visit for physiotherapy. Injections are planned for a physician's visit."))
    refuse_if_over(appointment)
    return appointment


def _write(plan, intended, *, by, at):
    """Returns the consent that stood until then, or None."""
    for name, value in (intended.fields | {"planned_by": by, "planned_at": at}).items():
        setattr(plan, name, value)
    plan.save()
    plan.sites.all().delete()
    PlannedSite.objects.bulk_create(
        PlannedSite(plan=plan, muscle_id=pk, side=side, which_muscle=which) for pk, side, which in intended.places
    )
    worklist.settle(work_kinds.CONSENT_NO, appointment=plan.appointment_id, note=_("planned anew"), at=at)
    ended = plan.consents.standing().first()
    if ended:
        ended.withdrawn_at, ended.withdrawn_by = at, by
        ended.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return ended
