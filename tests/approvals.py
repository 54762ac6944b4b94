"""What a manager has proposed in the catalogue, approved."""

from django.utils import timezone

from clinic.approvals import changes
from clinic.models import ClinicalChange, Role
from tests import factories


def approve_all():
    """By a physician, in the order in which it was proposed. Returns the changes."""
    physician = factories.user(Role.PHYSICIAN, name="Dr Brandt")
    waiting = ClinicalChange.objects.open().order_by("pk")
    return [changes.approve(change, by=physician, at=timezone.now()) for change in waiting]
