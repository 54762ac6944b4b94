"""What is special about the rows of records when patients take their data along."""

from django.utils.translation import gettext_lazy as _

from clinic.privacy.own_data import OWN_ROWS, OwnRows
from procedures.models import ProcedureStatus
from procedures.records import images


def _finished(rows):
    """What a physician is still writing is nobody's yet."""
    return rows.exclude(status=ProcedureStatus.DRAFT)


def _picture(row):
    return [(row.name, images.path_of(row))]


OWN_ROWS.register(OwnRows("procedures.procedure", _("Treatments"), given=_finished))
OWN_ROWS.register(OwnRows("procedures.ultrasoundimage", _("Pictures"), files=_picture))
OWN_ROWS.register(OwnRows("procedures.typedrecord", why_not="is not finished: what a physician is typing"))

for code, label in (
    ("procedureplan", _("What was planned")),
    ("plannedsite", _("The places that were planned")),
    ("consent", _("What you agreed to")),
    ("consentreply", _("When you said no or asked before")),
    ("allergy", _("Allergies")),
    ("screening", _("Safety questions")),
    ("screeninganswer", _("Your answers to them")),
    ("painreport", _("Where it hurts")),
    ("injectionsite", _("Where the needle went in")),
    ("drugadministration", _("What was given")),
    ("painscore", _("Pain before and after")),
    ("complication", _("What went wrong")),
    ("addendum", _("Notes added later")),
    ("recordseal", _("Seals of signed records")),
):
    OWN_ROWS.register(OwnRows(f"procedures.{code}", label))
