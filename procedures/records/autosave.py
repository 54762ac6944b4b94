"""A record is saved unchecked while it is typed, so that a lost connection or a wrong button loses nothing.

Each window saves for itself: two of them never write over each other's words.
"""

import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from clinic.errors import DomainError
from clinic.lib.texts import without_nul
from procedures.errors import RecordSigned
from procedures.models import Procedure, TypedRecord
from procedures.records import signing

MAX_BYTES = 64_000
MOST_WINDOWS = 6
KEPT_ON_THE_DEVICE = timedelta(hours=24)
SALT = "procedures.typed-records"
# Sent by the browser and the buttons, not part of the record.
NOT_SAVED = {
    *("csrfmiddlewaretoken", "seen", "page", "turn", "goes_on", "age"),
    *("draft", "review", "fill", "add_sites", "add_site", "add_drug", "add_complication"),
}


class TooMuchTyped(DomainError):
    sentence = _("This is too much to be kept while you type. Press “Save draft”.")


@dataclass(frozen=True)
class Typed:
    """What one window has sent of a record.

    `page` names the window and `turn` counts what it has sent; `goes_on` is the `mark` of the window whose words it
    was opened with, "" for none. `seen` is the version of the draft that it shows. `age`: how long ago it was typed.
    """

    data: dict
    page: str = ""
    turn: int = 0
    goes_on: str = ""
    seen: str = ""
    age: timedelta = timedelta()

    @classmethod
    def of(cls, sent):
        """`sent`: names to strings, as the browser sends them."""
        sent = {without_nul(name): without_nul(value) for name, value in sent.items()}
        seconds = min(_number(sent.get("age")), int(KEPT_ON_THE_DEVICE.total_seconds()))
        return cls(
            data={name: value for name, value in sent.items() if name not in NOT_SAVED},
            page=sent.get("page", "")[:20],
            turn=_number(sent.get("turn")),
            goes_on=sent.get("goes_on", ""),
            seen=sent.get("seen", "")[:64],
            age=timedelta(seconds=seconds),
        )


def _number(text):
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def mark(row):
    """Names a window and how far it had come: another one if it has saved since."""
    return f"{row.page} {row.turn}" if row else ""


def typed_of(appointment, *, by):
    """This person's unsaved input for the record, a row for each window, newest first."""
    return list(TypedRecord.objects.filter(appointment=appointment, by=by))


def save(appointment, typed, *, by, at):
    """Replace what the same window had saved by `typed` (Typed). What comes late, after a later turn, changes nothing.

    Returns the row and whether it is the window's first. Raises RecordSigned, MoveNotAllowed, TooMuchTyped above 64 kB.
    """
    signing.refuse_unless_under_way(appointment)
    if len(json.dumps(typed.data)) > MAX_BYTES:
        raise TooMuchTyped
    with transaction.atomic():
        if Procedure.objects.signed().filter(appointment=appointment).exists():
            raise RecordSigned
        mine = TypedRecord.objects.select_for_update().filter(appointment=appointment, by=by)
        row = mine.filter(page=typed.page).first()
        if row and row.turn > typed.turn:
            return row, False
        values = {"turn": typed.turn, "data": typed.data, "seen": typed.seen, "saved_at": at - typed.age}
        saved = mine.update_or_create(appointment=appointment, by=by, page=typed.page, defaults=values)
        _drop_marked(mine.exclude(page=typed.page), typed.goes_on)
        _drop_oldest(mine)
    return saved


def drop(appointment, *, by, page=None, goes_on=""):
    """What the window `page` had saved, and what it was opened with. What other windows have saved stays."""
    mine = TypedRecord.objects.filter(appointment=appointment, by=by)
    if page is not None:
        mine.filter(page=page[:20]).delete()
    _drop_marked(mine, goes_on)


def _drop_marked(rows, goes_on):
    page, _space, turn = goes_on.partition(" ")
    if turn:
        rows.filter(page=page[:20], turn=_number(turn)).delete()


def _drop_oldest(mine):
    TypedRecord.objects.filter(pk__in=[row.pk for row in mine[MOST_WINDOWS:]]).delete()


# What a browser keeps of it while there is no connection


def device(appointment, *, by):
    """What a browser needs to keep it: the key that seals it, as base64, and the name under which it lies there.

    Both are of this person and this visit alone. The key follows from the clinic's secret and goes out with the page
    only, so whoever else has the device reads nothing; the name says neither who was treated nor by whom.
    """
    key, name = (
        salted_hmac(f"{SALT}.{kind}", f"{by.pk} {appointment.pk}", algorithm="sha256") for kind in ("key", "name")
    )
    return {"key": b64encode(key.digest()).decode(), "name": name.hexdigest()[:24]}
