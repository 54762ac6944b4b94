from django.dispatch import receiver

from aftercare.care_plans import plans
from aftercare.physiotherapy import prescriptions, reminders
from aftercare.symptoms import follow_ups
from clinic.signals import (
    appointment_booked,
    appointment_cancelled,
    appointment_moved,
    patients_merged,
    removal_begins,
    work_item_done,
)
from procedures.signals import procedure_signed, procedure_voided


@receiver(procedure_signed)
def start_aftercare(sender, procedure, at, **kwargs):
    plan = plans.start(procedure, at=at)
    reminders.link_booked_visit(plan.referral, at=at)
    plans.settle_lifting(plan.patient, at=at)


@receiver(procedure_voided)
def end_aftercare_unless_injected(sender, procedure, at, **kwargs):
    """Whoever was injected stays in the days after, however wrong the record is."""
    if procedure.void_request.is_into_its_patient:
        return
    plans.stop(procedure, at=at)
    prescriptions.stop(procedure, at=at)
    _settle(procedure.patient, at=at)


@receiver(appointment_booked)
def serve_referral(sender, appointment, at, booked_for, **kwargs):
    reminders.physiotherapy_booked(appointment, at=at, referral=booked_for)


@receiver(appointment_moved)
def serve_referral_in_time(sender, appointment, was_at, at, **kwargs):
    if appointment.patient:
        reminders.physiotherapy_moved(appointment, was_at=was_at, at=at)


@receiver(appointment_cancelled)
def reopen_referral(sender, appointment, at, **kwargs):
    reminders.physiotherapy_cancelled(appointment, at=at)


@receiver(work_item_done)
def note_follow_up(sender, item, by, note, at, **kwargs):
    follow_ups.followed_up_at_desk(item, by=by, note=note, at=at)


@receiver(patients_merged)
def merge_aftercare(sender, patient, at, **kwargs):
    prescriptions.merge(patient, at=at)
    _settle(patient, at=at)


@receiver(removal_begins)
def refuse_to_remove_data_in_the_days_after(sender, patient, at, **kwargs):
    plans.refuse_while_running(patient, at=at)


def _settle(patient, *, at):
    """What adding or removing a plan or visit means for the patient's other plans."""
    reminders.link_open_referrals(patient, at=at)
    plans.settle_lifting(patient, at=at)
