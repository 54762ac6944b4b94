"""Signals of the procedure record, sent inside the transaction that causes them."""

from django.dispatch import Signal

procedure_signed = Signal()  # procedure, at
procedure_voided = Signal()  # procedure, by, at: two people agreed that it was entered in error
