"""A manager asks somebody to work here; the person chooses a password behind a link that works once."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.errors import DomainError, MoveNotAllowed
from clinic.lib.signed_links import Reason, SignedLink
from clinic.models import Invitation, Practitioner, User
from clinic.people import employment
from clinic.signals import colleague_invited

GOOD_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Colleague:
    """Who is to work here. `practitioner`: whom patients know already, or None."""

    name: str
    email: str
    role: str
    practitioner: Practitioner | None = None


def invite(colleague, *, by, at):
    """Ask somebody, by a mail with a link. Returns the Invitation.

    Raises DomainError for the field `email` for who works here already or has an open invitation.
    """
    with transaction.atomic():
        _refuse_twice(colleague.email)
        invitation = Invitation.objects.create(
            **vars(colleague), invited_by=by, invited_at=at, good_until=at + GOOD_FOR
        )
        colleague_invited.send(Invitation, invitation=invitation, at=at)
    return invitation


def send_again(invitation, *, at):
    """A new link, which is good for a week; the one before is useless from now on.

    Raises MoveNotAllowed once it was accepted or withdrawn.
    """
    with transaction.atomic():
        row = _open(invitation)
        row.sending += 1
        row.good_until = at + GOOD_FOR
        row.save(update_fields=["sending", "good_until"])
        colleague_invited.send(Invitation, invitation=row, at=at)


def withdraw(invitation, *, at):
    """Its link is useless from now on. Raises MoveNotAllowed once it was accepted or withdrawn."""
    with transaction.atomic():
        row = _open(invitation)
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])


def accept(invitation, *, sending, password, at):
    """The invited person works here from now on, and signs in with this password. Returns the account.

    The link proved the address: an account that somebody has there as a patient becomes the colleague's, too.
    Raises DomainError with the sentence of `LINK` when the link is of no use any more.
    """
    with transaction.atomic():
        row = Invitation.objects.select_for_update(of=["self"]).select_related("practitioner").get(pk=invitation.pk)
        if sentence := LINK.why_not(row, sending, at=at):
            raise DomainError(sentence)
        user = _account_of(row, password)
        employment.start(user, row.role, at=at, by=row.invited_by)
        if row.treats_patients:
            _let_patients_know(row, user)
        row.accepted_at, row.accepted_by = at, user
        row.save(update_fields=["accepted_at", "accepted_by"])
    return user


def _refuse_twice(email):
    if Invitation.objects.open().filter(email__iexact=email).exists():
        raise DomainError(_("This person has an open invitation already. Send its link again."), field="email")
    account = User.objects.filter(email__iexact=email).first()
    if account and account.is_colleague:
        raise DomainError(_("This person works here already. Open their page to give another role."), field="email")


def _open(invitation):
    row = Invitation.objects.select_for_update(of=["self"]).filter(pk=invitation.pk).open().first()
    if row is None:
        raise MoveNotAllowed
    return row


def _account_of(invitation, password):
    user = User.objects.filter(email__iexact=invitation.email).first() or User(email=invitation.email.lower())
    user.name, user.is_active = invitation.name, True
    user.set_password(password)
    user.save()
    return user


def _let_patients_know(invitation, user):
    """Somebody who comes back is the same person to patients as before."""
    person = invitation.practitioner or getattr(user, "practitioner", None) or Practitioner(name=invitation.name)
    person.user, person.role, person.is_active = user, invitation.role, True
    person.save()


def _find(pk, sending):
    """The Invitation, and which of its links this is."""
    invitation = Invitation.objects.select_related("invited_by").filter(pk=pk).first()
    return invitation and (invitation, sending)


LINK = SignedLink(
    "invitation",
    salt="clinic.invitation",
    find=_find,
    reasons=[
        Reason(
            lambda invitation, sending, at: invitation.accepted_at is not None,
            gettext_lazy("This link was used. Sign in with the password that you chose."),
        ),
        Reason(
            lambda invitation, sending, at: invitation.withdrawn_at is not None,
            gettext_lazy("The clinic took this invitation back. Please call us if you think that this is wrong."),
        ),
        Reason(
            lambda invitation, sending, at: sending != invitation.sending,
            gettext_lazy("We sent you a newer link. Use the one in the newest e-mail from us."),
        ),
        Reason(
            lambda invitation, sending, at: at >= invitation.good_until,
            gettext_lazy("This link is too old. Please ask the clinic to send you a new one."),
        ),
    ],
)
