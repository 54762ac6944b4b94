"""What the clinic's rules say when they refuse an act. Each error is a sentence fit for the person who asked."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from clinic.lib.lost_races import waited_too_long
from clinic.lib.registry import Registry


class DomainError(Exception):
    """A rule of the clinic refused an act. `str(error)` is a sentence fit for the user.

    `field` names the form field where the sentence belongs, if it belongs to one. `status` is that of a page that shows
    nothing else.
    """

    sentence = _("This is not possible.")
    field = None
    status = 409

    def __init__(self, sentence=None, *, field=None):
        super().__init__(sentence or self.sentence)
        if field:
            self.field = field

    def __str__(self):
        return str(self.args[0])


class Busy(DomainError):
    """Too much is being done at this moment; the same a little later will do."""

    sentence = _("Too many people are signing in at this moment. Please try again in a minute.")
    status = 503


class MoveNotAllowed(DomainError):
    sentence = _("This has changed in the meantime. Load the page again to see where it stands now.")


class TimeTaken(DomainError):
    """`alternatives` is a list of up to three open times (`diary.OpenTime`) nearest to the one asked for."""

    sentence = _("Sorry, this time has just been taken. Please choose another one.")

    def __init__(self, sentence=None, *, alternatives=()):
        super().__init__(sentence)
        self.alternatives = list(alternatives)


class TimeNotOpen(TimeTaken):
    sentence = _("This time cannot be booked. Please choose one of the open times.")


class ChannelMissing(DomainError):
    """Messages of this kind cannot leave the clinic: no provider is set up."""

    sentence = _("We cannot send you an e-mail now. Please call us.")


class NotBookableHere(DomainError):
    sentence = _("This kind of visit cannot be booked here. Please call us, and we plan it with you.")


class TokenReused(DomainError):
    sentence = _("This page has been used for another time already. Go back to the open times and choose again.")


class HoldEnded(DomainError):
    sentence = _(
        "We kept this time for 10 minutes, and they are over. Please choose a time again; what you typed is kept."
    )


class HoldReplaced(HoldEnded):
    sentence = _("You have chosen another time since, perhaps in another window. Go on there, or choose again here.")


class TooManyHolds(DomainError):
    sentence = _("Too many times are being kept from here. Finish one booking first, or call us.")


class TooManyBookings(DomainError):
    sentence = _("Many visits were booked like this today. Please call us, and we book yours with you.")
    status = 429


class TooLateToCancel(DomainError):
    sentence = _("This visit is too near to be cancelled here. Please call us, so that we hear it in time.")


class TooLateToMove(DomainError):
    sentence = _("This visit cannot be moved here any more. Please call us, and we find another time together.")


class TooLateToUndo(DomainError):
    sentence = _("The three minutes for taking it back are over. Please book again, or call us.")


class ChangedMeanwhile(DomainError):
    """Somebody else changed the visit since the person last saw it; the sentence says to what."""

    sentence = _("This visit has changed since you looked at it. Please look again.")


class NotWaiting(DomainError):
    sentence = _("No time is being kept for you at the moment. We tell you as soon as one comes free.")


class CannotMerge(DomainError):
    sentence = _("Somebody else is changing one of these patients right now. Please try again.")


class CannotRemove(DomainError):
    sentence = _("This patient's data cannot be removed now.")


class PatientMerged(DomainError):
    sentence = _("This patient has two entries that were merged. Load the page again to see the one that counts.")


class PatientDied(DomainError):
    sentence = _("This patient has died. No visit can be booked.")


class ConsultationFirst(DomainError):
    sentence = _(
        "Your first visit with us is a consultation. Please book a consultation; the doctor plans the rest with you."
    )


@dataclass(frozen=True)
class DatabaseRefusal:
    """What the database itself refuses, by a trigger or after a lost race, and the error to show for it.

    `is_meant` takes Django's database error and says whether it is this refusal.
    """

    code: str
    is_meant: Callable[[Exception], bool]
    error: type[DomainError]


DATABASE_REFUSALS = Registry("refusal of the database")


def from_database(exception):
    """The DomainError for what the database refused, or None if no owner registered one."""
    return next((refusal.error() for refusal in DATABASE_REFUSALS if refusal.is_meant(exception)), None)


DATABASE_REFUSALS.register(DatabaseRefusal("waited-too-long", waited_too_long, MoveNotAllowed))
