"""The errors raised when a rule of the record refuses an act, and when the database's own seals do."""

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from clinic.errors import DATABASE_REFUSALS, DatabaseRefusal, DomainError


class RecordSigned(DomainError):
    """`mark` begins the message of the database's own triggers when they refuse (procedures.records.seals)."""

    mark = "sealed:"
    sentence = _("This record is signed and cannot be changed. Write a note below it instead.")


class RecordIncomplete(DomainError):
    """`problems` lists one sentence per thing that is missing before the record can be signed."""

    sentence = _("The record is not complete yet.")

    def __init__(self, problems):
        super().__init__(" ".join(str(problem) for problem in problems))
        self.problems = list(problems)


def is_sealed(exception):
    return isinstance(exception, IntegrityError) and RecordSigned.mark in str(exception)


DATABASE_REFUSALS.register(DatabaseRefusal("sealed", is_sealed, RecordSigned))
