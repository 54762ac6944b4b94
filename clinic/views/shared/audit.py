"""Audit entries made of what a view knows: who asked, and from where."""

from clinic import audit_kinds
from clinic.lib.client_address import client_address
from clinic.people import auditing


def asker(request):
    """`by` and `address`, for acts that write their own audit entries."""
    return {"by": request.user, "address": client_address(request)}


def read(request, patient, what):
    return auditing.read(patient, what=what, **asker(request))


def read_each(request, patients, what):
    """One row per patient of `patients` (their numbers, or None), in one query.

    The parts that a page fetches again by itself note each patient once an hour (`saw_each`).
    """
    if getattr(request, "htmx", False):
        return saw_each(request, patients, what)
    return auditing.read_each(patients, what=what, **asker(request))


def saw_each(request, patients, what):
    """`read_each`, each patient once an hour: for what stands on every page."""
    return auditing.saw_each(patients, what=what, **asker(request))


def read_visits(request, visits, what):
    """`read_each` of those whose visits a page lists."""
    return read_each(request, [visit.patient_id for visit in visits], what)


def looked_for_patients(request, *, found):
    """Note that somebody looked for patients, and how many were found: also nobody. What was typed is not noted."""
    return auditing.noted(audit_kinds.LOOKED_FOR, what=str(found), **asker(request))


def wrote(request, patient, what):
    return auditing.wrote(patient, what=what, **asker(request))


def changed(request, patient, what):
    return auditing.changed(patient, what=what, **asker(request))


def refused(request, status):
    """Note that somebody signed in was refused a page (403), or asked by number for what is not theirs (404)."""
    match = request.resolver_match
    numbers = [str(value) for value in match.kwargs.values() if isinstance(value, int)] if match else []
    if match is None or (status == 404 and not numbers) or not request.user.is_authenticated:
        return
    # No other part of an address is noted: it may be a secret.
    auditing.noted_once(audit_kinds.DENIED, what=" ".join([match.view_name or "", *numbers]), **asker(request))


def locked_out(request, user=None):
    """Note that somebody tried too often: `user` is the account that was tried, if there is one."""
    auditing.noted_once(audit_kinds.LOCKED_OUT, user=user, address=client_address(request))
