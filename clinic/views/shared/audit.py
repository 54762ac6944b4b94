"""Audit entries made of what a view knows: who asked, and from where."""

from clinic.lib.client_address import client_address
from clinic.people import auditing


def asker(request):
    """`by` and `address`, for acts that write their own audit entries."""
    return {"by": request.user, "address": client_address(request)}


def read(request, patient, what):
    return auditing.read(patient, what=what, **asker(request))


def read_each(request, patients, what):
    """One row per patient of `patients` (their numbers), in one query."""
    return auditing.read_each(patients, what=what, **asker(request))


def wrote(request, patient, what):
    return auditing.wrote(patient, what=what, **asker(request))


def changed(request, patient, what):
    return auditing.changed(patient, what=what, **asker(request))
