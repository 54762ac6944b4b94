"""The colleagues, approvals and emergencies that the matrix of addresses needs."""

from django.utils import timezone

from clinic.approvals import changes
from clinic.approvals.changes import Proposal
from clinic.approvals.rows import snapshot
from clinic.models import ChangeVerb, Practitioner, Role, User
from clinic.people import emergency_access, invitations
from clinic.people.invitations import Colleague
from procedures.models import Risk
from procedures.records import pack_codes
from tests import factories


def arguments(patient, procedure):
    """By the name of the address."""
    opened, waiting = {"pk": _opened_in_emergency(patient).pk}, {"pk": _pack_that_waits(procedure).pk}
    return {
        **_of_colleagues(),
        **_of_approvals(procedure),
        **dict.fromkeys(["practice-pack-confirm", "practice-pack-end"], waiting),
        **dict.fromkeys(["practice-emergency-patient", "manage-emergency-review"], opened),
    }


def _of_colleagues():
    """Somebody who was invited, and somebody who works at the desk."""
    manager = User.objects.get(employments__role=Role.MANAGER, employments__until=None)
    asked = Colleague("Nora Lindt", "nora@clinic.example", Role.DESK)
    invitation = invitations.invite(asked, by=manager, at=timezone.now())
    nora = factories.user(Role.DESK)
    return {
        "invitation": {"token": invitations.LINK.token_for(invitation.pk, 1)},
        **{f"manage-invitation-{act}": {"pk": invitation.pk} for act in ("again", "withdraw")},
        **{f"manage-colleague{act}": {"pk": nora.pk} for act in ("", "-role", "-name")},
        "manage-colleague-end": {"pk": nora.pk, "employed": nora.employments.get().pk},
    }


def _of_approvals(procedure):
    """A change of the risks, and a muscle that nobody has approved."""
    risk = Risk.objects.first()
    before = snapshot(risk)
    risk.name = "Changed"
    proposal = Proposal(risk, ChangeVerb.CHANGE, before=before, after=snapshot(risk))
    manager = User.objects.get(employments__role=Role.MANAGER, employments__until=None)
    muscle = procedure.sites.first().muscle
    return {
        "practice-approval": {"pk": changes.propose(proposal, by=manager, at=timezone.now()).pk},
        "practice-approval-as-it-is": {"model": "procedures.muscle", "row": muscle.pk},
    }


def _pack_that_waits(procedure):
    """Named by somebody who works here no more, so that everybody may confirm it."""
    product = procedure.drugs.first().preparation
    return pack_codes.name("04006381333931", product, by=factories.user(), at=timezone.now())


def _opened_in_emergency(patient):
    """By the physiotherapist of this world."""
    user = Practitioner.objects.get(role=Role.PHYSIOTHERAPIST).user
    return emergency_access.break_glass(patient, by=user, reason="Covers for a colleague.", at=timezone.now())
