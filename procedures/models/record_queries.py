"""Which records: drafts, signed and void ones, and those of injections that took place."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from clinic.models import PatientsRowsQuerySet


class ProcedureStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    SIGNED = "signed", _("signed")
    VOID = "entered-in-error", _("void")


_OF_ANOTHER = Q(status=ProcedureStatus.VOID, void_request__injected="another")


class ProcedureQuerySet(PatientsRowsQuerySet):
    def signed(self):
        return self.filter(status=ProcedureStatus.SIGNED)

    def standing(self):
        """Drafts and signed records: all that two people have not voided."""
        return self.exclude(status=ProcedureStatus.VOID)

    def injected(self):
        """Records of needles that went in, or may have: each injection once, no drafts.

        A void one stands for what was done as two people said, until its visit has been written again.
        """
        once_signed = self.model.objects.exclude(status=ProcedureStatus.DRAFT)
        again = once_signed.filter(appointment=OuterRef("appointment"), pk__gt=OuterRef("pk")).exclude(_OF_ANOTHER)
        written = once_signed.filter(appointment=OuterRef("void_request__injected_visit")).exclude(_OF_ANOTHER)
        somebody = Q(status=ProcedureStatus.VOID) & ~Q(void_request__injected="nobody")
        own, other = somebody & ~_OF_ANOTHER & ~Exists(again), somebody & _OF_ANOTHER & ~Exists(written)
        return self.filter(Q(status=ProcedureStatus.SIGNED) | own | other)

    def true_as_written(self):
        """Those that say what was done: signed, or void though two people say that it was injected as written."""
        as_written = Q(status=ProcedureStatus.VOID, void_request__injected="as-written")
        return self.injected().filter(Q(status=ProcedureStatus.SIGNED) | as_written)

    def injected_into(self, patient):
        """`injected` into this patient, also by a record that was written for another one."""
        by_mistake = _OF_ANOTHER & Q(void_request__injected_visit__patient=patient)
        return self.injected().filter((Q(patient=patient) & ~_OF_ANOTHER) | by_mistake)

    def visible_to(self, user):
        """Physicians see every record; a patient sees those that are true of whom they may act for."""
        if user.has_perm("procedures.view_procedure"):
            return self.open_to(user)
        return self.true_as_written().acted_for_by(user)

    def with_all_parts(self):
        return self.select_related("patient", "appointment__visit_type", "performed_by", "definition").prefetch_related(
            *("sites__muscle__region", "sites__pain_felt", "drugs__preparation__drug", "drugs__site__muscle"),
            *("pain_scores", "complications", "addenda__by"),
        )
