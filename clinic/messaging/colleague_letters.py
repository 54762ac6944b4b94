"""What the clinic writes to those who are to work here."""

from django.conf import settings
from django.template.loader import render_to_string

from clinic import message_purposes
from clinic.messaging import outbox
from clinic.messaging.letters import Letter
from clinic.models import Message
from clinic.people import invitations

TEMPLATE = "account/email/invitation"


def invite(invitation, *, at):
    """The mail with the link, in the caller's transaction. Raises ChannelMissing where no e-mail can leave."""
    words = {
        "invitation": invitation,
        "url": invitations.LINK.address_for(invitation.pk, invitation.sending),
        "clinic": {"name": settings.CLINIC_NAME, "phone": settings.CLINIC_PHONE},
    }
    subject, body = (
        render_to_string(f"{TEMPLATE}_{part}.txt", words, using="plain-text").strip() for part in ("subject", "message")
    )
    letter = Letter(
        message_purposes.INVITATION,
        cause=invitation.pk,
        sequence=invitation.sending,
        due_at=at,
        not_after=invitation.good_until,
        may_wake=True,
    )
    return outbox.schedule(letter, address=invitation.email, subject=subject, body=body)


def mails_of(open_invitations):
    """The newest mail of each of these invitations, by the invitation's number."""
    about = Message.objects.filter(
        purpose=message_purposes.INVITATION.code, cause__in=[each.pk for each in open_invitations]
    )
    return {message.cause: message for message in about.order_by("sequence")}
