"""Whoever is told that somebody was given access may object: by the link, without signing in. It ends at once.

To end it wrongly costs somebody a day; to leave it wrongly shows a record to a stranger.
"""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import work_kinds, worklist
from clinic.lib.signed_links import Reason, SignedLink
from clinic.models import AccessEnd, PatientAccess
from clinic.people import access

OPEN_FOR = timedelta(days=60)


def _access(pk):
    return PatientAccess.objects.select_related("patient", "user").filter(pk=pk).first()


# Anyone who has the link sees the short name of the patient and half an address, and may end this access.
LINK = SignedLink(
    "access-objection",
    salt="clinic.access",
    find=_access,
    reasons=[
        Reason(
            lambda given, at: not given.is_current,
            gettext_lazy("This right has ended. By it nobody can see anything any more."),
        ),
        Reason(
            lambda given, at: at - given.since > OPEN_FOR,
            gettext_lazy("This link is too old. Please call us, and we look at it together."),
        ),
    ],
)


def object_to(given, *, by, at):
    """End this access, and let the desk find out who is right. Again changes nothing."""
    with transaction.atomic():
        access.end(given, why=AccessEnd.OBJECTION, by=by, at=at)
        sentence = _(
            "Somebody who was told of it says that %(who)s must not see this patient. The right has ended. Find out who"
            " is right, by a number that we know; give it again only after seeing the person."
        )
        worklist.open(
            work_kinds.ACCESS_OBJECTED,
            cause=given.pk,
            patient_id=given.patient_id,
            what_to_say=sentence % {"who": given.holder or given.masked_address},
            due_at=at,
        )
