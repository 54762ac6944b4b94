"""Why the clinic itself writes to people, besides what its rooms write about: `clinic.scheduling.message_purposes`."""

from django.utils.translation import gettext as _

from clinic.models import Invitation, MessageCategory, PatientAccess
from clinic.models.purposes import PURPOSES, Purpose, never, past_their_time


def _no_longer_asked(messages, *, at):
    asked = Invitation.objects.open().filter(pk__in=[message.cause for message in messages])
    newest = dict(asked.values_list("pk", "sending"))
    gone = [message.pk for message in messages if newest.get(message.cause) != message.sequence]
    return dict.fromkeys(gone, _("the invitation has ended, or its link was sent again"))


SIGN_IN = PURPOSES.register(Purpose("sign-in", MessageCategory.CODE, over=never, past=past_their_time))
# How somebody signs in has changed: its owner must know, also if it was somebody else.
SIGN_IN_CHANGED = PURPOSES.register(
    Purpose("sign-in-changed", MessageCategory.NOTICE, over=never, past=past_their_time)
)
# `cause`: the invitation, `sequence`: which of its links.
INVITATION = PURPOSES.register(Purpose("invitation", MessageCategory.CODE, over=_no_longer_asked, past=past_their_time))


def _to_what_was_written(code, category):
    """`cause`: the SMS that it answers."""
    return PURPOSES.register(
        Purpose(code, category, over=never, past=past_their_time, topic="messaging", cause="incoming")
    )


HELP_IS_THERE = _to_what_was_written("help-is-there", MessageCategory.SAFETY)
WE_HAVE_IT = _to_what_was_written("we-have-it", MessageCategory.NOTICE)
# What a colleague writes. `cause`: the patient, `occasion`: the page that it was sent from.
FROM_THE_DESK = PURPOSES.register(
    Purpose(
        *("from-the-desk", MessageCategory.NOTICE),
        over=never,
        past=past_their_time,
        topic="messaging",
        cause="patient",
    )
)


def _of_access_that_ended(messages, *, at):
    """They ask whether it is right that somebody may see; nobody may, any more."""
    current = PatientAccess.objects.current(at=at).filter(pk__in=[message.cause for message in messages])
    open_ones = set(current.values_list("pk", flat=True))
    return {message.pk: _("the access has ended") for message in messages if message.cause not in open_ones}


# To every address that we know of a patient, when a colleague gives somebody access. `cause`: the access.
ACCESS_GRANTED = PURPOSES.register(
    Purpose(
        *("access-granted", MessageCategory.NOTICE),
        over=_of_access_that_ended,
        past=past_their_time,
        topic="people",
        cause="access",
        stays_at_its_address=True,
    )
)
# To every other address that we know of a patient, when one is replaced. `cause`: the new contact.
ADDRESS_CHANGED = PURPOSES.register(
    Purpose(
        *("address-changed", MessageCategory.NOTICE),
        over=never,
        past=past_their_time,
        topic="people",
        cause="contact",
        stays_at_its_address=True,
    )
)
