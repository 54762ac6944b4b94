"""Which account may act for which patient: the only place that gives this right.

The law: no act on data lets anybody see more than before. Joining entries, another address, a booking for others
change what is written down, never who may read it. The right is given by a code to an address that the patient was
booked with, by booking for somebody new while signed in, or by a colleague who has seen the person.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.lib import civil_time
from clinic.models import (
    AccessEnd,
    AccessProof,
    AccessRelation,
    AccountContact,
    ContactSystem,
    Patient,
    PatientAccess,
    PatientContact,
    User,
)
from clinic.people import account_contacts, auditing
from clinic.signals import access_granted

DECIDES_FOR_OTHERS = [AccessRelation.GUARDIAN, AccessRelation.LEGAL]


def account_for(system, value):
    """The account that receives codes at this address; created on first use, without rights. Never changes one."""
    return account_contacts.account_for(system, value)


def grant_after_proof(user, system, value):
    """Give `user`, who has just proved control of this address, the patients that were booked with it.

    An access that was ended is not given again.
    """
    known = PatientAccess.objects.filter(user=user).values("patient")
    new = list(Patient.objects.filter(_opened_by(system, value)).exclude(pk__in=known).values_list("pk", flat=True))
    if not new:
        return
    with transaction.atomic():
        Patient.objects.lock(*new)  # a merge that is under way may close what this address opened
        rows = opening(system=system, value__iexact=value, patient__in=new, patient__merged_into=None)
        for contact in rows.select_related("patient"):
            if not _is_of_childhood(contact):
                grant(user, contact.patient, relation=AccessRelation.FAMILY, proof=AccessProof.CODE)


def opening(**about):
    """The addresses that open their patient to whoever proves control of them by a code."""
    return PatientContact.objects.filter(was_booked_with=True, until=None, **about)


def accounts_at(contacts):
    """The accounts that would prove control of one of these addresses: those that have it."""
    places = {contact.place for contact in contacts}
    emails = Q(email__in=[value for system, value in places if system == ContactSystem.EMAIL])
    same = [Q(system=system, value=value) for system, value in places]
    by_contact = AccountContact.objects.current().filter(reduce(or_, same)) if same else AccountContact.objects.none()
    return User.objects.filter(emails | Q(pk__in=by_contact.values("user")))


def _opened_by(system, value):
    return Q(pk__in=opening(system=system, value__iexact=value).values("patient"), merged_into=None)


def _is_of_childhood(contact):
    """Somebody who is of age now was booked with it as a child: it is the parents'."""
    of_age_on = contact.patient.of_age_on
    return timezone.localdate(contact.since) < of_age_on <= timezone.localdate()


def grant(user, patient, *, relation, proof="", at=None):
    """A right that no colleague has to look at: one row per account and patient, and an ended one stays ended.

    Whoever books for a child, or gets its codes, acts for it as a guardian, until it is of age.
    """
    at = at or timezone.now()
    if not PatientAccess.objects.filter(user=user, patient=patient).exists():
        given = {"relation": relation, "proof": proof, "since": at}
        if patient.is_child(timezone.localdate(at)):
            given |= {"relation": AccessRelation.GUARDIAN, "expires_at": civil_time.midnight(patient.of_age_on)}
        PatientAccess.objects.get_or_create(user=user, patient=patient, until=None, defaults=given)


@dataclass(frozen=True)
class Right:
    """What a colleague gives: that whoever signs in by this address, of this `system`, acts for the patient. `holder`
    is their name, `proof` how the colleague knows that it is right (AccessProof), `until_on` its last day, if any.
    """

    system: str
    value: str
    patient: Patient
    relation: str
    proof: str
    holder: str
    until_on: date | None = None

    @property
    def expires_at(self):
        """The midnight after the last day; a guardian's ends when the child is of age."""
        days = [self.until_on + timedelta(days=1)] if self.until_on else []
        days += [self.patient.of_age_on] if self.relation == AccessRelation.GUARDIAN else []
        return civil_time.midnight(min(days)) if days else None


def grant_after_seeing(right, *, by, at, address=None):
    """Give a `Right`, by a colleague who has seen the person. Returns the new PatientAccess.

    Only so can an access that was ended be given again; what the account had before for this patient ends. Everybody
    whom we know is told at once (`access_granted`). Raises PatientMerged.
    """
    with transaction.atomic():
        Patient.objects.lock_unmerged(right.patient.pk)
        user = account_for(right.system, right.value)
        before = PatientAccess.objects.filter(user=user, patient=right.patient, until=None)
        before.update(until=at, ended_by=by, ended_why=AccessEnd.ANEW)
        names = ("patient", "relation", "proof", "holder", "expires_at")
        fields = {name: getattr(right, name) for name in names}
        given = PatientAccess.objects.create(user=user, granted_by=by, since=at, **fields)
        if right.relation == AccessRelation.GUARDIAN:
            right.patient.guardians.create(name=right.holder, since=at, seen_by=by)
        auditing.changed(right.patient, by=by, what=_("who may see: given"), address=address)
        access_granted.send(PatientAccess, given=given, at=at)
    return given


def carry_over(given, into, *, at):
    """The account of a duplicate, which opens `into` as well by its address, does so from now on."""
    names = ("user", "relation", "proof", "holder", "expires_at", "granted_by")
    right = {name: getattr(given, name) for name in names}
    PatientAccess.objects.get_or_create(user=given.user, patient=into, until=None, defaults=right | {"since": at})


def end(access, *, why, at, by=None, note=""):
    """Nobody sees anything by this access from now on. `why` is an AccessEnd. Ending it again changes nothing."""
    with transaction.atomic():
        ended = {"until": at, "ended_by": by, "ended_why": why, "note": note}
        if PatientAccess.objects.filter(pk=access.pk, until=None).update(**ended):
            auditing.changed(access.patient, by=by, what=_("who may see: ended (%(why)s)") % {"why": why})


def may_decide(user, patient):
    """Whether this account decides about treatment: whoever only helps the patient does not."""
    current = PatientAccess.objects.current().filter(user=user, patient=patient)
    return current.exclude(relation=AccessRelation.HELPER).exists()


def seen_by(user):
    """Every current access to the patients for whom this account may act; its own are among them."""
    return PatientAccess.objects.current().filter(patient__in=Patient.objects.acted_for_by(user))


def may_end(user, given):
    """Whether this account may take back an access that it sees: its own always.

    That of others the patient may, and who decides for the patient; not a helper, and nobody that of a guardian or a
    legal representative: the desk has seen their papers.
    """
    if given.user_id == user.pk:
        return True
    if given.relation in DECIDES_FOR_OTHERS:
        return False
    own = PatientAccess.objects.current().filter(user=user, patient=given.patient_id).first()
    return own is not None and own.relation != AccessRelation.HELPER


def end_after_address(contact, *, by, at):
    """An address is not the patient's any more: who signs in by it, and by no other of theirs, acts no longer for them.

    Call it when the address has been ended.
    """
    theirs = {other.place for other in PatientContact.objects.filter(patient=contact.patient_id, until=None)}
    open_ones = PatientAccess.objects.filter(patient=contact.patient_id, until=None, user__in=accounts_at([contact]))
    for given in open_ones.select_related("user", "patient"):
        if not theirs & {own.place for own in account_contacts.own(given.user)}:
            end(given, why=AccessEnd.ADDRESS, by=by, at=at)
