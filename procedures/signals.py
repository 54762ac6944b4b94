"""News of the procedure record, sent inside the transaction that causes it."""

from django.dispatch import Signal

procedure_signed = Signal()  # procedure, at
