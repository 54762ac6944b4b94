"""What patients ask for about their data: put something right, or remove it. A person decides; both are work items."""

from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import worklist
from clinic.errors import DomainError
from clinic.models import AccessRelation, Patient, PatientAccess
from clinic.work_kinds import DATA_REMOVAL, DATA_WRONG

ANSWER_WITHIN = timedelta(days=28)  # GDPR Art. 12(3): one month, of which the shortest has 28 days
MOST_OPEN = 3
MOST_LETTERS = 200  # of the patient's own words: the rest of a work item's text is ours


class AskedAlready(DomainError):
    sentence = gettext_lazy("You have told us a few things. We look at them first. Is it urgent? Please call us.")


def decided_by(user):
    """The patients whose data this account may take along and have changed: not those whom it only helps."""
    own = PatientAccess.objects.current().filter(user=user).exclude(relation=AccessRelation.HELPER)
    return Patient.objects.acted_for_by(user).filter(merged_into=None, pk__in=own.values("patient"))


def tell_what_is_wrong(patient, about, words, *, at):
    """Ask the desk to put something right: `about` is what (a label), `words` how it is right. Raises AskedAlready.

    Nothing changes by itself: another address would change who hears from us.
    """
    told = worklist.find(DATA_WRONG, cause=patient.pk)
    if told.requested().count() >= MOST_OPEN:
        raise AskedAlready
    sentence = _("The patient says: %(about)s is not right. “%(words)s” Ask who it is before you change it.")
    _open(DATA_WRONG, patient, sentence % {"about": about, "words": words[:MOST_LETTERS]}, at=at, number=told.count())


def ask_for_removal(patient, words, *, at):
    """Ask the clinic to remove what it keeps about the patient; asked twice, it is one request."""
    asked = worklist.find(DATA_REMOVAL, cause=patient.pk)
    if asked.requested().exists():
        return
    day = date_format(timezone.localdate(at + ANSWER_WITHIN), "j F Y")
    text = _("The patient asks us to remove their data. Answer by %(day)s.") % {"day": day}
    quoted = f" “{words[:MOST_LETTERS]}”" if words else ""
    _open(DATA_REMOVAL, patient, text + quoted, at=at, number=asked.count())


def open_requests(patient):
    """What this patient asked for and nobody has answered yet."""
    return worklist.find(DATA_WRONG, DATA_REMOVAL, cause=patient.pk).requested().order_by("created_at")


def all_open_removals():
    """Work items of everybody who asked for a removal and waits for an answer, the longest first."""
    return worklist.find(DATA_REMOVAL).requested().order_by("created_at")


def _open(kind, patient, text, *, at, number):
    worklist.open(kind, cause=patient.pk, occasion=str(number), patient=patient, what_to_say=text[:300], due_at=at)
