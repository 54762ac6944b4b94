"""News that travels upwards, sent inside the transaction that causes it.

Receivers write in the same transaction or raise, so cause and effect succeed or fail together.
"""

from django.dispatch import Signal

# appointment, at, booked_for (an object of a package above that requested this visit, or None)
appointment_booked = Signal()
appointment_moved = Signal()  # appointment, was_at (its start until now), at
appointment_cancelled = Signal()  # appointment, at
work_item_done = Signal()  # item, by, note, at: a person at the desk has done it
colleague_invited = Signal()  # invitation, at: also when its link is sent again
merge_begins = Signal()  # duplicate, into, at: before anything of the duplicate moves
removal_begins = Signal()  # patient, at: receivers refuse with CannotRemove what must not be removed yet
patients_merged = Signal()  # patient (the surviving entry), at
patient_corrected = Signal()  # patient, fields (names of what changed), at
second_factor_reset = Signal()  # user, by (None for whoever looks after the computer), at
access_granted = Signal()  # given (a PatientAccess that a colleague has just given), at
