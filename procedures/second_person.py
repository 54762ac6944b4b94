"""What one physician alone may not do in a record: another one looks at it first and writes why it is right.

Each owner registers a `Subject`, such as a dose above its limits; nothing here knows one by name. What is allowed is
exactly what was shown: when it changes, it needs a new look.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from clinic import worklist
from clinic.errors import DomainError, MoveNotAllowed
from clinic.lib.registry import Registry
from clinic.lib.texts import has_visible_text
from procedures import reasons, work_kinds
from procedures.errors import RecordSigned
from procedures.models import DrugAdministration, InjectionSite, Procedure, ProcedureStatus, SecondApproval
from procedures.problems import Problem


@dataclass(frozen=True)
class Need:
    """One thing in a record that two physicians have to want, in a sentence for both.

    `kind` is the code of its Subject. `about` is what exactly is allowed, in plain values without translated words:
    when one of them changes, the need is a new one. Without it the sentence and everything given in the record are
    taken. `share` is that of a limit, if it is about one.
    """

    kind: str
    sentence: str
    about: tuple = ()
    share: Decimal | None = None


@dataclass(frozen=True)
class Subject:
    """A reason for which a record can need a second physician. `needs(procedure)` yields a Need for each case."""

    code: str
    needs: Callable[[Procedure], Iterable[Need]]


SUBJECTS = Registry("subject for a second physician")


def needs(procedure):
    """Each thing in the record that needs a second physician, allowed or not."""
    return [need for subject in SUBJECTS for need in subject.needs(procedure)]


def open_needs(procedure, *, by=None, found=None):
    """The needs that nobody has allowed but who did the procedure, or `by`, who wants to sign it.

    `found` are the `needs`, if they are at hand.
    """
    authors = {pk for pk in (procedure.performed_by.user_id, by and by.pk) if pk}
    approvals = SecondApproval.objects.filter(procedure=procedure.pk).exclude(by__in=authors)
    allowed = set(approvals.values_list("kind", "version"))
    found = needs(procedure) if found is None else found
    return [need for need in found if (need.kind, version_of(procedure, need)) not in allowed]


def problems(procedure, *, by=None):
    """What prevents `by` from signing: one Problem for each open need, with the way to the second physician's page."""
    url = reverse("practice-record-second-person", args=[procedure.appointment_id])
    return [Problem(need.sentence, "record", url=url) for need in open_needs(procedure, by=by)]


def is_allowed(procedure, kind):
    """Whether there are needs of this kind, and a second physician has allowed each."""
    found = [need for need in SUBJECTS.get(kind).needs(procedure)]
    return bool(found) and not open_needs(procedure, found=found)


def version_of(procedure, need):
    """A fingerprint of exactly what this need is about; SHA-256 in hex."""
    return _mark([need.kind, need.about or [need.sentence, _given(procedure)]])


def version(procedure, found):
    """A fingerprint of all the needs `found`, as a page shows them; "" without any."""
    return _mark(sorted(version_of(procedure, need) for need in found)) if found else ""


def _given(procedure):
    drugs = DrugAdministration.objects.filter(procedure=procedure).values_list("preparation", "volume_ml")
    sites = InjectionSite.objects.filter(procedure=procedure).values_list("muscle", "side")
    return [sorted([product, f"{ml.normalize():f}"] for product, ml in drugs), sorted(map(list, sites))]


def _mark(contents):
    return hashlib.sha256(json.dumps(contents, cls=DjangoJSONEncoder).encode()).hexdigest()


def approve(procedure, *, by, reason, seen, patient=None):
    """Save why a second physician allows all that the record needs one for, as `by` was shown it. Returns the rows.

    `seen` is the `version` that was on the page, `patient` the key of the patient it was shown for. The same person's
    reason for the same thing is saved once. Raises RecordSigned; MoveNotAllowed for another patient, for a record that
    changed meanwhile or needs nobody, and for the person who did the procedure; DomainError for the field `reason`
    when it is empty or says nothing (`reasons.refusal_of`: a life may hang on it).
    """
    with transaction.atomic():
        records = Procedure.objects.select_for_update(of=("self",)).select_related("performed_by")
        procedure = records.get(pk=procedure.pk)
        if procedure.status != ProcedureStatus.DRAFT:
            raise RecordSigned
        if patient not in (None, procedure.patient_id):
            raise MoveNotAllowed(_("This page was opened for another patient. Nothing was kept."))
        found = needs(procedure)
        if version(procedure, found) != seen:
            raise MoveNotAllowed(_("The record has been changed since you looked at it. Look again before you decide."))
        _refuse_unfit(procedure, found, by=by, reason=reason)
        kept = [_approval(procedure, need, by=by, reason=reason.strip()) for need in found]
        for item in worklist.find(work_kinds.SECOND_PERSON, cause=procedure.pk).requested():
            item.complete(by=by)
    return kept


def _approval(procedure, need, *, by, reason):
    kept, _is_new = procedure.second_approvals.get_or_create(
        kind=need.kind,
        version=version_of(procedure, need),
        by=by,
        defaults={"sentence": need.sentence[:500], "share": need.share, "reason": reason},
    )
    return kept


def refusal(procedure, *, by):
    """Why this account cannot be the second person of a record, in a sentence; "" when it can."""
    if by.pk == procedure.performed_by.user_id:
        return _("You did this procedure yourself. Another physician has to look at it.")
    return ""


def _refuse_unfit(procedure, found, *, by, reason):
    if sentence := refusal(procedure, by=by):
        raise MoveNotAllowed(sentence)
    if not found:
        raise MoveNotAllowed(_("This record is within the limits. It needs no second person."))
    if not has_visible_text(reason):
        raise DomainError(_("Write why this is right for this patient."), field="reason")
    if sentence := reasons.refusal_of(reason, grave=True):
        raise DomainError(sentence, field="reason")


def update_task(procedure, *, at):
    """Open the task for a second physician while a draft needs one; end it when it no longer does.

    It names no drug and no dose: the desk sees the same list of tasks.
    """
    if procedure.status != ProcedureStatus.DRAFT or not open_needs(procedure):
        worklist.settle(work_kinds.SECOND_PERSON, cause=procedure.pk, note=_("no longer needed"), at=at)
        return
    worklist.open(
        work_kinds.SECOND_PERSON,
        again=True,
        cause=procedure.pk,
        patient_id=procedure.patient_id,
        appointment_id=procedure.appointment_id,
        what_to_say=_("A second physician looks at this record before it can be signed."),
        due_at=at,
    )
