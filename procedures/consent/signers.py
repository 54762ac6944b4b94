"""Who signs a consent: the patient by their own name, or somebody who decides for them and says so.

Another name than the patient's is asked about before it counts, and seen by a colleague before the needle.
"""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.errors import DomainError, MoveNotAllowed
from clinic.models import PatientAccess
from clinic.models.patients import plain_words
from clinic.people import guardians
from clinic.people.access import DECIDES_FOR_OTHERS
from procedures.models import SignedAs


@dataclass(frozen=True)
class Signer:
    """What somebody who signs is to the patient; `is_known`: the clinic knows it without looking."""

    signed_as: str
    is_known: bool


def is_own_name(name, patient):
    """The patient's first and family name, also a former one, in any order and without accents; some may be left out.

    Not with a word that the file does not have: a father and his son may share all the others.
    """
    typed, given = set(plain_words(name)), set(plain_words(patient.given_name))
    family = set(plain_words(f"{patient.family_name} {patient.former_names or ''}"))
    return typed <= given | family and bool(typed & family) and bool(typed & given or not given)


def must_say_who(name, patient, *, at):
    """Whether this person is asked what they are to the patient: always for a child, else by another name."""
    return patient.is_child(timezone.localdate(at)) or not is_own_name(name, patient)


def entitled(patient, name, signed_as, *, by, at):
    """Who signs for this patient by this name, as a `Signer`.

    A child's consent is signed by who decides for it, an adult's by the patient or by a legal representative. Raises
    DomainError for the field `signed_as` for everybody else, and until it is said who that is.
    """
    is_own, is_child = is_own_name(name, patient), patient.is_child(timezone.localdate(at))
    if is_child and (is_own or signed_as == SignedAs.PATIENT):
        raise _refused(
            _("%(patient)s is not 18 yet. A parent or guardian reads this, and signs by their own name."), patient
        )
    if not is_child and (is_own or signed_as == SignedAs.PATIENT):
        return Signer(SignedAs.PATIENT, is_known=is_own)
    if not signed_as:
        raise _refused(_("This is not the name of %(patient)s. Say who you are."), patient)
    if signed_as not in ([SignedAs.GUARDIAN, SignedAs.LEGAL] if is_child else [SignedAs.LEGAL]):
        raise _refused(_("Only %(patient)s can say yes to this, or who decides for them by law."), patient)
    return Signer(signed_as, is_known=_has_been_seen(patient, name, by=by, at=at))


def _refused(sentence, patient):
    return DomainError(sentence % {"patient": patient}, field="signed_as")


def _has_been_seen(patient, name, *, by, at):
    """A colleague has seen that the person of this name, or of this account, decides for the patient."""
    acting = PatientAccess.objects.current(at=at).filter(patient=patient, relation__in=DECIDES_FOR_OTHERS)
    acting = acting.filter(granted_by__isnull=False)
    names = [*guardians.seen_names(patient), *acting.values_list("holder", flat=True)]
    typed = sorted(plain_words(name))
    return acting.filter(user=by).exists() or any(sorted(plain_words(known)) == typed for known in names)


def is_open(consent):
    """Nobody has seen yet who signed by another name than the patient's."""
    if consent.signer_seen_at or consent.is_signer_known:
        return False
    return not (consent.signed_as in ("", SignedAs.PATIENT) and is_own_name(consent.signed_name, consent.patient))


def unknown(consent):
    """Why the record cannot rest on this signature yet, in a sentence; "" when it can."""
    if not is_open(consent):
        return ""
    sentence = _(
        "“%(name)s” signed the consent, which is not how the patient is called here (%(patient)s). "
        "See who that is and note it, let the patient sign, or write why not."
    )
    return sentence % {"name": consent.signed_name, "patient": consent.patient}


def note_seen(consent, *, by, at):
    """A colleague has seen who signed and, if it is not the patient, that this person decides for them.

    Whoever decides for a child is from now on known as its guardian. Raises MoveNotAllowed for a consent that was
    taken back. Call it with the consent locked.
    """
    if consent.withdrawn_at:
        raise MoveNotAllowed(_("This consent was taken back or ended. It must be read and signed again."))
    if is_open(consent):
        consent.signer_seen_at, consent.signer_seen_by = at, by
        consent.save(update_fields=["signer_seen_at", "signer_seen_by"])
        if consent.patient.is_child(timezone.localdate(at)):
            guardians.note_seen(consent.patient, consent.signed_name, by=by, at=at)
    return consent
