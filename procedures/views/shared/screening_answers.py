"""Safety answers as every door keeps them."""

from django.db import transaction

from clinic.lib.client_address import client_address
from clinic.people import auditing
from procedures.screening import safety_questions


def keep(request, patient, form, *, appointment, at):
    with transaction.atomic():
        given = safety_questions.answer(
            patient, form.answers, by=request.user, at=at, appointment=appointment, measured=form.measured
        )
        auditing.wrote(patient, by=request.user, what="safety answers", address=client_address(request))
    return given
