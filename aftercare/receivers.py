from django.dispatch import receiver

from aftercare import planning, prescribing, reminding
from clinic.signals import appointment_booked, appointment_cancelled
from procedures.signals import procedure_signed, procedure_voided


@receiver(procedure_signed)
def start_aftercare(sender, procedure, at, **kwargs):
    plan = planning.start(procedure, at=at)
    reminding.tie_what_is_booked(plan.referral, at=at)


@receiver(procedure_voided)
def end_aftercare(sender, procedure, at, **kwargs):
    planning.stop(procedure, at=at)
    prescribing.stop(procedure, at=at)


@receiver(appointment_booked)
def serve_referral(sender, appointment, at, **kwargs):
    reminding.physiotherapy_booked(appointment, at=at)


@receiver(appointment_cancelled)
def reopen_referral(sender, appointment, at, **kwargs):
    reminding.physiotherapy_cancelled(appointment, at=at)
