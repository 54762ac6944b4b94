"""What a visit's status is, in words for code and pages, and which moves it may make."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AppointmentStatus(models.TextChoices):
    """HL7 FHIR R4 AppointmentStatus, those that this clinic uses; `expired` is added, for a hold that expired."""

    PENDING = "pending", _("being booked")
    BOOKED = "booked", _("booked")
    ARRIVED = "arrived", _("arrived")
    FULFILLED = "fulfilled", _("seen")
    CANCELLED = "cancelled", _("cancelled")
    NOSHOW = "noshow", _("did not attend")
    EXPIRED = "expired", _("not booked in time")


class PatientAnswer(models.TextChoices):
    """What the patient answered to a reminder of the visit as it is now."""

    COMING = "coming", _("coming")
    MUST_MOVE = "must-move", _("wants to move")


S = AppointmentStatus
HOLDS_TIME = [S.PENDING, S.BOOKED, S.ARRIVED, S.FULFILLED]
MOVES = {
    S.PENDING: [S.BOOKED, S.EXPIRED],
    S.BOOKED: [S.ARRIVED, S.CANCELLED, S.NOSHOW],
    S.ARRIVED: [S.FULFILLED, S.BOOKED, S.CANCELLED],
    S.NOSHOW: [S.ARRIVED],
    S.FULFILLED: [],
    S.CANCELLED: [],
    S.EXPIRED: [],
}


class AppointmentState:
    """The adjectives of an appointment: of its status, and of the patient's answer to a reminder."""

    @property
    def is_booked(self):
        """The patient is still to come: not here yet, nor missed, nor cancelled."""
        return self.status == S.BOOKED

    @property
    def is_arrived(self):
        return self.status == S.ARRIVED

    @property
    def is_seen(self):
        return self.status == S.FULFILLED

    @property
    def is_missed(self):
        return self.status == S.NOSHOW

    @property
    def is_cancelled(self):
        return self.status == S.CANCELLED

    @property
    def is_coming(self):
        """The patient answered so. Nothing is known while `patient_answer` is empty."""
        return self.patient_answer == PatientAnswer.COMING

    @property
    def has_to_move(self):
        """The patient answered that this time does not fit."""
        return self.patient_answer == PatientAnswer.MUST_MOVE

    def is_live_hold(self, *, at):
        return self.status == S.PENDING and self.held_until > at

    def may_move_to(self, status):
        return status in MOVES[self.status]
