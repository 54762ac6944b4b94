"""A record is saved unchecked while it is typed, so that a lost connection or a wrong button loses nothing."""

import json

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clinic.errors import DomainError
from clinic.lib.texts import without_nul
from procedures.errors import RecordSigned
from procedures.models import Procedure, TypedRecord
from procedures.records import signing

MAX_BYTES = 64_000
# Sent by the browser and the buttons, not part of the record.
NOT_SAVED = {
    *("csrfmiddlewaretoken", "seen", "page"),
    *("draft", "review", "fill", "add_sites", "add_site", "add_drug", "add_complication"),
}


class TooMuchTyped(DomainError):
    sentence = _("This is too much to be kept while you type. Press “Save draft”.")


def typed_of(appointment, *, by):
    """This person's unsaved input for the record; None if there is none."""
    return TypedRecord.objects.filter(appointment=appointment, by=by).first()


def save(appointment, *, typed, seen, by, at):
    """Replace this person's autosaved input with `typed` (names to strings, as the browser sends them).

    Returns the row and whether it is the first. Raises RecordSigned, MoveNotAllowed, TooMuchTyped above 64 kB.
    """
    signing.refuse_unless_under_way(appointment)
    data = {without_nul(name): without_nul(value) for name, value in typed.items() if name not in NOT_SAVED}
    if len(json.dumps(data)) > MAX_BYTES:
        raise TooMuchTyped
    with transaction.atomic():
        if Procedure.objects.signed().filter(appointment=appointment).exists():
            raise RecordSigned
        return TypedRecord.objects.update_or_create(
            appointment=appointment, by=by, defaults={"data": data, "seen": without_nul(seen)[:64], "saved_at": at}
        )


def drop(appointment, *, by):
    TypedRecord.objects.filter(appointment=appointment, by=by).delete()
