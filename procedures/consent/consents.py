"""The consent to a plan: a patient reads and signs it, confirms it on the day, and may withdraw it."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import worklist
from clinic.errors import DomainError, MoveNotAllowed
from clinic.lib.texts import has_visible_text
from clinic.models import Appointment
from procedures import work_kinds
from procedures.consent import drawings, replies, signers, wording
from procedures.consent.visit_plans import WHILE_IT_IS, refuse_if_over
from procedures.models import Consent, ConsentText, Procedure, ProcedurePlan


class WordingChanged(MoveNotAllowed):
    sentence = gettext_lazy(
        "The words have changed since you read them. Nothing was signed. Go back, read them again, then sign."
    )


class SignedTooLate(MoveNotAllowed):
    sentence = gettext_lazy("The injection has been given and written down. Call us, so that we can talk about it.")


@dataclass(frozen=True)
class Signature:
    """What somebody signs with: their full name, below the text whose hash they were shown.

    `signed_as` (SignedAs) is what they are to the patient, "" if that was not asked: by the patient's own name nobody
    is asked. `interpreter` is the name of who interpreted, if anybody; `here`: on a device of the clinic, with a
    colleague's account.
    """

    name: str
    seen_sha256: str
    signed_as: str = ""
    interpreter: str = ""
    here: bool = False


def current_text():
    """The version of the words that patients read now. Raises DomainError if there is none."""
    text = ConsentText.objects.filter(is_current=True).first()
    if text is None:
        raise DomainError(_("No words of consent are in use. Ask the manager to put a version in use."))
    return text


def wording_for(plan):
    """What is read for this plan, in the current wording (`wording.Written`). Raises DomainError if there is none."""
    return wording.write(plan, current_text())


def put_in_use(text):
    """From now on patients read this version; consents that were signed before keep theirs."""
    with transaction.atomic():
        ConsentText.objects.select_for_update().exclude(pk=text.pk).update(is_current=False)
        ConsentText.objects.filter(pk=text.pk).update(is_current=True)


def standing(plan):
    """The valid consent to this plan, or None."""
    return plan.consents.standing().first()


def was_said_on(consent, day):
    """The patient said yes on this civil day: signed it then, or confirmed what was signed before."""
    said_at = (consent.signed_at, consent.confirmed_at)
    return any(at is not None and timezone.localdate(at) == day for at in said_at)


def sign(plan, signature, *, by, at):
    """Save the patient's consent to the text they were shown; signing twice saves one consent.

    Raises DomainError for the field `name` or `interpreter`, or `signed_as` when that person cannot say yes for the
    patient or has not said who they are, WordingChanged, VisitOver.
    """
    name = " ".join(signature.name.split())
    least = 2 if plan.patient.given_name else 1
    if sum(has_visible_text(part) for part in name.split()) < least:
        raise DomainError(_("Write your first name and your family name."), field="name")
    interpreter = _interpreter(plan.patient, signature)
    signer = signers.entitled(plan.patient, name, signature.signed_as, by=by, at=at)
    with transaction.atomic():
        plan = ProcedurePlan.objects.select_for_update().get(pk=plan.pk)
        if there := standing(plan):
            return there
        refuse_if_over(plan.appointment)
        text = current_text()
        read = wording.write(plan, text)
        if read.sha256 != signature.seen_sha256:
            raise WordingChanged
        settle(plan.appointment, note=_("signed again"), at=at)
        drawings.keep_body()
        return Consent.objects.create(
            plan=plan,
            patient_id=plan.patient_id,
            text=text,
            language=read.language,
            interpreter=interpreter,
            words=read.words,
            drawn=read.drawn,
            words_sha256=read.sha256,
            signed_name=name,
            signed_as=signer.signed_as,
            is_signer_known=signer.is_known,
            signed_at=at,
            signed_by=by,
            signed_here=signature.here,
        )


def confirm(consent, *, by, at):
    """The patient confirms the consent, on the day and before the needle. Raises MoveNotAllowed on another day or when
    the consent was withdrawn.
    """
    with transaction.atomic():
        consent = _open(consent)
        if consent.withdrawn_at:
            raise MoveNotAllowed(_("This consent was taken back or ended. It must be read and signed again."))
        on, today = consent.plan.appointment.on, timezone.localdate(at)
        if on != today:
            day = date_format(on, "DATE_FORMAT")
            raise MoveNotAllowed(_("The visit is on %(day)s. Ask the patient again on that day.") % {"day": day})
        if not was_said_on(consent, today):
            consent.confirmed_at, consent.confirmed_by = at, by
            consent.save(update_fields=["confirmed_at", "confirmed_by"])
    return consent


def _interpreter(patient, signature):
    """Who translated. Raises DomainError for the field `interpreter` where the file says that somebody has to."""
    interpreter = signature.interpreter.strip()
    if not interpreter and getattr(getattr(patient, "details", None), "needs_interpreter", False):
        sentence = _("Our file says that somebody translates for you. Write who did. If nobody had to, write that.")
        raise DomainError(sentence, field="interpreter")
    return interpreter


def note_signer(consent, *, by, at):
    """A colleague has seen who signed by another name than the patient's. Raises MoveNotAllowed, SignedTooLate."""
    with transaction.atomic():
        return signers.note_seen(_open(consent), by=by, at=at)


def withdraw(consent, *, by, at):
    """The patient withdraws the consent, at any time until the record is signed. Raises SignedTooLate afterwards.

    Before the visit its physician is notified, unless it was that physician who noted the withdrawal.
    """
    with transaction.atomic():
        consent = _open(consent)
        if consent.withdrawn_at is None:
            consent.withdrawn_at, consent.withdrawn_by = at, by
            consent.save(update_fields=["withdrawn_at", "withdrawn_by"])
            _tell_the_physician(consent, by=by, at=at)
    return consent


def settle(appointment, *, note, at):
    """Nobody needs to talk to the patient about a consent that was withdrawn, refused or asked about any more."""
    replies.settle(appointment, note=note, at=at)
    worklist.settle(work_kinds.CONSENT_BACK, appointment=appointment, note=note, at=at)


def reopen_talk(appointment, *, at):
    """The visit takes place after all: what its end settled is open again, unless somebody has signed since."""
    replies.reopen(appointment, at=at)
    newest = Consent.objects.filter(plan__appointment=appointment).order_by("pk").last()
    if newest and newest.withdrawn_at:
        for item in worklist.find(work_kinds.CONSENT_BACK, cause=newest.pk):
            item.reopen(due_at=at)


def _tell_the_physician(consent, *, by, at):
    """The desk sees it too, so it says nothing about what was planned."""
    # Locked, so that a simultaneous cancellation is either seen here or sees what is written here.
    visit = Appointment.objects.select_for_update(of=["self"], no_key=True).get(pk=consent.plan.appointment_id)
    if visit.status not in WHILE_IT_IS or by == visit.practitioner.user:
        return
    says = _("%(name)s talks with the patient before the visit: sign again, plan it anew, or cancel the visit.")
    worklist.open(
        work_kinds.CONSENT_BACK,
        cause=consent.pk,
        patient_id=consent.patient_id,
        appointment=visit,
        what_to_say=says % {"name": visit.practitioner},
        due_at=at,
    )


def may_be_withdrawn(consent):
    signed = Procedure.objects.signed().filter(appointment=consent.plan.appointment_id)
    return consent.withdrawn_at is None and not signed.exists()


def _open(consent):
    """The consent as it is now, with the record locked so that nobody signs it meanwhile."""
    records = Procedure.objects.standing().filter(appointment__procedure_plan=consent.plan_id)
    list(records.select_for_update(of=["self"]).values_list("pk"))
    consent = Consent.objects.select_for_update(of=["self"]).select_related("plan__appointment").get(pk=consent.pk)
    if Procedure.objects.signed().filter(appointment=consent.plan.appointment_id).exists():
        raise SignedTooLate
    return consent
