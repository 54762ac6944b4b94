from django.dispatch import receiver
from django.utils.translation import gettext as _

from clinic.errors import CannotRemove, MoveNotAllowed
from clinic.signals import appointment_booked, appointment_cancelled, removal_begins
from procedures.consent import consents
from procedures.models import Procedure, ProcedureStatus
from procedures.records import pack_codes, sealed_content, unsigned
from procedures.signals import procedure_signed, procedure_voided


@receiver(appointment_cancelled)
def refuse_to_end_visits_with_record(sender, appointment, **kwargs):
    """An injection must be signed for, or there is no aftercare; a cancelled visit's record could never be signed."""
    if Procedure.objects.standing().filter(appointment=appointment).exists():
        raise MoveNotAllowed(
            _("The physician has begun a record of this visit. It has to be finished; the visit cannot be cancelled.")
        )


@receiver(appointment_cancelled)
def end_the_talk_about_consent(sender, appointment, at, **kwargs):
    consents.settle(appointment, note=_("the visit does not take place"), at=at)


@receiver(appointment_booked)
def begin_the_talk_about_consent_again(sender, appointment, at, **kwargs):
    """Its cancellation was undone, or a patient marked as missed came after all."""
    consents.reopen_talk(appointment, at=at)


@receiver(procedure_signed)
def end_what_waits_for_the_record(sender, procedure, at, **kwargs):
    unsigned.settle_visit(procedure.appointment, at=at)
    consents.settle(procedure.appointment, note=_("the record is signed"), at=at)


@receiver(procedure_voided)
def seal_that_it_was_voided(sender, procedure, by, at, **kwargs):
    sealed_content.seal_void(procedure, by=by, at=at)


@receiver(procedure_signed)
def name_packs_that_nobody_knew(sender, procedure, at, **kwargs):
    pack_codes.name_new(procedure, at=at)


@receiver(removal_begins)
def refuse_to_remove_data_with_a_draft(sender, patient, **kwargs):
    if patient.procedures.filter(status=ProcedureStatus.DRAFT).exists():
        raise CannotRemove(_("A physician has begun a record of this patient. It has to be finished first."))
