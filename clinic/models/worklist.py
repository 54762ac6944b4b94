from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.errors import MoveNotAllowed
from clinic.models.about import About
from clinic.models.appointments import Appointment
from clinic.models.incoming_messages import IncomingMessage
from clinic.models.messages import Message
from clinic.models.patients import Patient
from clinic.models.staff import PractitionerRole
from clinic.models.waitlist import WaitlistEntry
from clinic.models.work_kinds import WORK_KINDS, EndedBy, WorkKind, choices, codes_ended_by, urgent_codes


class WorkItemStatus(models.TextChoices):
    """HL7 FHIR R4 TaskStatus, those that this clinic uses."""

    REQUESTED = "requested", _("to do")
    COMPLETED = "completed", _("done")
    CANCELLED = "cancelled", _("no longer needed")


class WorkItemQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Practitioners see what only they can do, about patients whom they see; the desk everything but what only a
        physiotherapist or a manager does.
        """
        own = self._waiting_for_account(user)
        if user.has_perm("clinic.view_workitem"):
            hidden = [EndedBy.PHYSIOTHERAPIST]
            if not user.has_perm("clinic.review_emergency_access"):
                hidden.append(EndedBy.MANAGER)
            return self.exclude(kind__in=codes_ended_by(*hidden)) | own
        return own

    def _waiting_for_account(self, user):
        own = self.waiting_for(getattr(user, "treats_as", None))
        if user.has_perm("clinic.view_any_patient"):
            return own
        return own.filter(Q(patient=None) | Q(patient__in=Patient.objects.visible_to(user)))

    def waiting_for(self, practitioner):
        """What this person's role has to do; nothing for None, who does not treat patients here (any more)."""
        if practitioner is None:
            return self.none()
        if practitioner.role == PractitionerRole.PHYSICIAN:
            return self.for_physicians()
        return self.filter(kind__in=codes_ended_by(EndedBy.PHYSIOTHERAPIST))

    def for_physicians(self):
        return self.filter(kind__in=codes_ended_by(EndedBy.PHYSICIAN, EndedBy.EITHER))

    def urgent(self):
        """What cannot wait: a patient was told to get help now."""
        return self.requested().filter(kind__in=urgent_codes())

    def urgent_first(self):
        is_urgent = Case(When(kind__in=urgent_codes(), then=Value(0)), default=Value(1))
        return self.order_by(is_urgent, "due_at", "pk")

    def due(self, *, at):
        return self.requested().filter(due_at__lte=at)

    def requested(self):
        return self.filter(status=WorkItemStatus.REQUESTED)

    def cancel(self, *, note, at):
        """End those that are still to be done: they are no longer needed."""
        self.requested().update(status=WorkItemStatus.CANCELLED, note=note, ended_at=at)


class WorkItem(About):
    """Something a person at the desk must do (HL7 FHIR R4 Task). `key` keeps one cause from making two."""

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=20, choices=choices)
    patient = models.ForeignKey(Patient, models.PROTECT, null=True, blank=True, related_name="work_items")
    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True, blank=True, related_name="work_items")
    message = models.ForeignKey(Message, models.PROTECT, null=True, blank=True, related_name="work_items")
    incoming = models.ForeignKey(IncomingMessage, models.PROTECT, null=True, blank=True, related_name="work_items")
    waitlist_entry = models.ForeignKey(WaitlistEntry, models.PROTECT, null=True, blank=True, related_name="work_items")
    what_to_say = models.CharField(max_length=300)
    due_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=WorkItemStatus, default=WorkItemStatus.REQUESTED)
    note = models.CharField(_("note"), max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(status="requested"), name="work_item_due"),
            models.Index(fields=["cause", "kind"]),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=WorkItemStatus.values), name="work_item_status_is_known")
        ]

    def __str__(self):
        return self.get_kind_display()

    @property
    def is_requested(self):
        """It is still to be done."""
        return self.status == WorkItemStatus.REQUESTED

    @property
    def work_kind(self):
        """The `WorkKind` that says who ends it and how; a plain one for the row of a package that was uninstalled."""
        return WORK_KINDS.find(self.kind) or WorkKind(self.kind, self.kind)

    @property
    def is_for_physicians(self):
        return self.work_kind.ended_by == EndedBy.PHYSICIAN

    @property
    def is_urgent(self):
        return self.work_kind.is_urgent

    @property
    def needs_a_note(self):
        """To end it, a note has to say what was reported and done."""
        return self.work_kind.needs_a_note

    @property
    def is_for_physiotherapists(self):
        return self.work_kind.ended_by == EndedBy.PHYSIOTHERAPIST

    @property
    def is_for_managers(self):
        return self.work_kind.ended_by == EndedBy.MANAGER

    def complete_at_desk(self, *, by, note=""):
        if self.is_for_managers:
            raise MoveNotAllowed(_("A manager has to do this. It goes away by itself when it is done."))
        if self.is_for_physiotherapists:
            raise MoveNotAllowed(_("A physiotherapist has to do this. It goes away by itself when it is done."))
        if self.is_for_physicians:
            raise MoveNotAllowed(_("A physician has to do this. It goes away by itself when it is done."))
        self.complete(by=by, note=note)

    def complete(self, *, by, note=""):
        self._end(WorkItemStatus.COMPLETED, by=by, note=note)

    def cancel(self, *, note, by=None):
        self._end(WorkItemStatus.CANCELLED, by=by, note=note)

    def reopen(self, *, due_at):
        """It is needed again, so it is to be done after all. One that is still to be done stays as it is."""
        changes = {"status": WorkItemStatus.REQUESTED, "ended_by": None, "ended_at": None, "note": "", "due_at": due_at}
        ended = WorkItem.objects.filter(pk=self.pk).exclude(status=WorkItemStatus.REQUESTED)
        if ended.update(**changes):
            self.refresh_from_db()

    def put_off(self, *, until, note=""):
        if not WorkItem.objects.requested().filter(pk=self.pk).update(due_at=until, note=note):
            raise MoveNotAllowed
        self.due_at, self.note = until, note

    def _end(self, status, *, by, note):
        if self.status == status:
            return
        changes = {"status": status, "ended_by": by, "ended_at": timezone.now(), "note": note}
        if not WorkItem.objects.filter(pk=self.pk, status=WorkItemStatus.REQUESTED).update(**changes):
            raise MoveNotAllowed
        for name, value in changes.items():
            setattr(self, name, value)
