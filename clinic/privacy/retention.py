"""What the clinic need not keep any longer, by the times that patients are told (`notice`), and its removal.

Owners register a rule for each kind of data that the file names. What only a person can remove has none.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.errors import CannotRemove
from clinic.lib.registry import Registry
from clinic.models import (
    Appointment,
    IncomingMessage,
    Message,
    MessageStatus,
    Patient,
    PatientAccess,
    PatientAlert,
    User,
    WaitlistEntry,
)
from clinic.models.messages import NO_ADDRESS, UNSENT, ArchivedMessage
from clinic.privacy import notice, removal, removed_words

BATCH = 1000  # rows in one statement: nobody waits long for a lock


@dataclass(frozen=True)
class Rule:
    """`due(before, at)` are query sets of what is over, `remove(rows, at)` removes some and returns how many.

    In one run about `most` rows are removed, the rest the next time.
    """

    code: str
    due: Callable
    remove: Callable
    most: int = 100_000


RETENTION = Registry("rule of retention")


class Over(NamedTuple):
    """One kind of data, and how many rows of it are over."""

    kept: notice.Kept
    count: int


def overdue(*, at):
    """What is over now, by kind, also where it is nothing."""
    return [Over(kept, sum(rows.count() for rows in _due(kept, at=at))) for kept in _by_itself()]


def apply(*, at):
    """Remove what is over, in small transactions; may be stopped and repeated. Returns what was removed."""
    return [Over(kept, _remove(kept, at=at)) for kept in _by_itself()]


def apply_by_itself(*, at):
    """The chore: once the clinic has put its notice in force."""
    return apply(at=at) if notice.read().in_force else []


def without_a_rule():
    """Codes of the file that nobody removes and that are not said to be removed by hand; and the reverse."""
    named = {kept.code for kept in notice.read().kept if kept.has_rule}
    return sorted(named ^ {rule.code for rule in RETENTION})


def _by_itself():
    return [kept for kept in notice.read().kept if kept.has_rule and kept.code in RETENTION]


def _due(kept, *, at):
    return RETENTION.get(kept.code).due(kept.before(at), at)


def _remove(kept, *, at):
    removed, rule = 0, RETENTION.get(kept.code)
    for rows in _due(kept, at=at):
        last = 0
        while removed < rule.most:
            keys = list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH])
            if not keys:
                break
            removed += rule.remove(rows.model._base_manager.filter(pk__in=keys), at)
            last = keys[-1]
    return removed


# Messages: their words


def _old_messages(before, at):
    ended = Message.objects.filter(due_at__lt=before).exclude(status__in=[*UNSENT, MessageStatus.SENDING])
    yield ended.exclude(address=NO_ADDRESS)
    yield ArchivedMessage.objects.filter(due_at__lt=before).exclude(address=NO_ADDRESS)
    yield IncomingMessage.objects.filter(received_at__lt=before).exclude(number="")


def _forget_words(rows, at):
    return removed_words.of_sms(rows) if rows.model is IncomingMessage else removed_words.of_messages(rows)


# People who booked and never came; and those whose record the law no longer keeps


def _who_never_came(before, at):
    people = _not_here_since(before).filter(locked_at=None)
    yield people.filter(~_treated(), *(~rows for rows in _records()))


def _whose_record_is_over(before, at):
    """Of a child also not before the age that the notice names; the act itself looks at the day."""
    born = notice.years_after(timezone.localdate(at), -notice.read().kept_as("records").until_age)
    has_record = reduce(or_, _records(), Q(_treated()))
    yield _not_here_since(before).filter(has_record, birth_date__lt=born)


def _not_here_since(before):
    """Whose entry is older, and who neither came since nor will come."""
    of_theirs = {"patient": OuterRef("pk")}
    people = Patient.objects.filter(created_at__lt=before, merged_into=None, erased_at=None)
    return people.filter(
        ~Exists(Appointment.objects.filter(**of_theirs, starts_at__gte=before)),
        ~Exists(WaitlistEntry.objects.current().filter(**of_theirs)),
        ~Exists(PatientAlert.objects.filter(**of_theirs, noted_at__gte=before)),
    )


def _treated():
    return Exists(Appointment.objects.filter(patient=OuterRef("pk"), status__in=removal.TREATED))


def _records():
    """For each model of a record whether this patient has such a row."""
    models = (relation.related_model for relation in Patient._meta.related_objects if not relation.many_to_many)
    return [
        Exists(model._base_manager.filter(patient=OuterRef("pk"))) for model in models if removal.is_of_a_record(model)
    ]


def _remove_people(act):
    def remove(rows, at):
        removed = 0
        for patient in rows:
            with suppress(CannotRemove):  # a message is going out just now, a draft is open: the next time
                act(patient, by=None, at=at, reason=_("the time for which it is kept is over"))
                removed += 1
        return removed

    return remove


# Accounts that open nothing


def _unused_accounts(before, at):
    """Not those that ever opened a record: an access that was ended must not be given again to the same address."""
    accounts = User.objects.filter(employments=None, is_active=True)
    accounts = accounts.filter(~Exists(PatientAccess.objects.filter(user=OuterRef("pk"))), practitioner=None)
    yield accounts.filter(Q(last_login__lt=before) | Q(last_login=None), date_joined__lt=before)


def _forget_accounts(rows, at):
    for user in rows:
        removal.forget_account(user)
    return len(rows)


RETENTION.register(Rule("messages", _old_messages, _forget_words))
RETENTION.register(Rule(notice.NEWCOMERS, _who_never_came, _remove_people(removal.remove), most=BATCH))
RETENTION.register(Rule("records", _whose_record_is_over, _remove_people(removal.remove_with_record), most=BATCH))
RETENTION.register(Rule("accounts", _unused_accounts, _forget_accounts))
