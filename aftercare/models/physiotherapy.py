from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aftercare.models.plans import CarePlan
from clinic.errors import MoveNotAllowed
from clinic.models import Appointment, Patient, PatientsRowsQuerySet
from clinic.models.care import WAYS_INTO_CARE, WayIntoCare


class ServiceRequestStatus(models.TextChoices):
    """HL7 FHIR R4 RequestStatus, those that this clinic uses."""

    ACTIVE = "active", _("open")
    COMPLETED = "completed", _("done")
    REVOKED = "revoked", _("not needed")


class ReferralAnswer(models.TextChoices):
    """The answer of a patient who does not book here."""

    NONE = "", _("no answer yet")
    ELSEWHERE = "elsewhere", _("goes to another physiotherapist")
    DECLINED = "declined", _("does not want physiotherapy")


ANSWER_FIELDS = ["answer", "elsewhere_on", "answer_note", "answered_by", "answered_at"]


class ServiceRequestQuerySet(PatientsRowsQuerySet):
    seen_with = "aftercare.view_servicerequest"

    def active(self):
        return self.filter(status=ServiceRequestStatus.ACTIVE)

    def unbooked(self):
        """Those that somebody still has to ask about: neither booked here nor answered."""
        return self.active().filter(appointment=None, answer=ReferralAnswer.NONE)


class ServiceRequest(models.Model):
    """The referral to physiotherapy (HL7 FHIR R4 ServiceRequest), due on a day that the protocol sets."""

    care_plan = models.OneToOneField(CarePlan, models.PROTECT, related_name="referral")
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="referrals")
    due_on = models.DateField()
    status = models.CharField(max_length=10, choices=ServiceRequestStatus, default=ServiceRequestStatus.ACTIVE)
    appointment = models.OneToOneField(
        Appointment, models.PROTECT, null=True, blank=True, related_name="physiotherapy_referral"
    )
    answer = models.CharField(max_length=10, choices=ReferralAnswer, default=ReferralAnswer.NONE, blank=True)
    elsewhere_on = models.DateField(_("on which day"), null=True, blank=True)
    answer_note = models.CharField(_("where, or why not"), max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ServiceRequestQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["due_on"], condition=Q(status="active"), name="referral_open")]
        permissions = [("view_outcomes", "Can see how many referrals were kept in time")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ServiceRequestStatus.values), name="referral_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(appointment=None) | Q(answer=""), name="referral_booked_here_has_no_answer"
            ),
            models.CheckConstraint(condition=Q(answer__in=ReferralAnswer.values), name="referral_answer_is_known"),
            models.CheckConstraint(
                condition=Q(elsewhere_on=None) | Q(answer="elsewhere"), name="referral_day_elsewhere_is_elsewhere"
            ),
        ]

    def __str__(self):
        return str(_("Physiotherapy by %(day)s") % {"day": self.due_on})

    def get_absolute_url(self):
        return reverse("my-physiotherapy", args=[self.pk])

    @property
    def is_done(self):
        """The physiotherapist has seen the patient, in the visit booked here or to write an assessment."""
        is_seen = self.appointment is not None and self.appointment.is_seen
        return is_seen or self.status == ServiceRequestStatus.COMPLETED

    @property
    def is_active(self):
        """Neither done nor withdrawn."""
        return self.status == ServiceRequestStatus.ACTIVE

    @property
    def is_revoked(self):
        """The record of the injection was withdrawn."""
        return self.status == ServiceRequestStatus.REVOKED

    @property
    def is_open(self):
        """Not linked to a visit here, whatever the patient answered."""
        return self.status == ServiceRequestStatus.ACTIVE and self.appointment_id is None

    @property
    def is_elsewhere(self):
        """The patient goes to another physiotherapist."""
        return self.answer == ReferralAnswer.ELSEWHERE

    @property
    def is_declined(self):
        return self.answer == ReferralAnswer.DECLINED

    @property
    def is_to_be_booked(self):
        """Neither booked here nor answered."""
        return self.is_open and not self.answer

    def days_left(self, *, on):
        """Whole days from `on` to the deadline; 0 on the day itself, negative when late."""
        return (self.due_on - on).days

    def is_late(self, *, on):
        return self.is_to_be_booked and self.due_on < on

    def book(self, appointment):
        """The patient's earlier answer about going elsewhere is void."""
        if self.status != ServiceRequestStatus.ACTIVE or self.appointment not in (None, appointment):
            raise MoveNotAllowed
        self.appointment = appointment
        self.clear_answer()

    def unbook(self):
        self.appointment = None
        self.save(update_fields=["appointment"])

    def record_answer(self, answer, *, elsewhere_on, note, by, at):
        """Only for `physiotherapy.answers`, which withdraws the remaining reminders."""
        self.answer, self.elsewhere_on, self.answer_note = answer, elsewhere_on, note
        self.answered_by, self.answered_at = by, at
        self.save(update_fields=ANSWER_FIELDS)

    def clear_answer(self):
        self.answer, self.elsewhere_on, self.answer_note = ReferralAnswer.NONE, None, ""
        self.answered_by = self.answered_at = None
        self.save(update_fields=[*ANSWER_FIELDS, "appointment"])

    def complete(self):
        """The physiotherapist has seen and assessed the patient."""
        if self.status == ServiceRequestStatus.REVOKED:
            raise MoveNotAllowed
        self.status = ServiceRequestStatus.COMPLETED
        self.save(update_fields=["status"])


def _referred(user):
    """The account's own referrals, also when the patient did not come. Those that nobody here has taken yet are to
    every physiotherapist; so are those of who works here no more.
    """
    own = models.Q(appointment__practitioner=user.treats_as)
    to_all = models.Q(status=ServiceRequestStatus.ACTIVE, appointment=None)
    left = models.Q(appointment__practitioner__is_active=False)
    assessed = models.Q(assessments__assessed_by=user)
    return ServiceRequest.objects.filter(own | to_all | left | assessed).values("patient")


WAYS_INTO_CARE.register(WayIntoCare("referral", _referred))
