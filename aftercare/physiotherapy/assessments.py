"""A physiotherapist sees a patient and writes down what was found. Never changed; the next visit adds a new one."""

from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftercare.models import (
    CauseReview,
    Movement,
    OtherTherapy,
    PhysiotherapyAssessment,
    RangeOfMotion,
    ServiceRequest,
    ServiceRequestStatus,
)
from aftercare.physiotherapy import reminders
from clinic.errors import ChangedMeanwhile, MoveNotAllowed
from clinic.models import AppointmentStatus
from procedures.models import Side

SEEN = [AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED]
# Movements in the middle of the body have no sides.
MIDDLE = {
    *(Movement.NECK_FLEXION, Movement.NECK_EXTENSION, Movement.TRUNK_FLEXION, Movement.TRUNK_EXTENSION),
    Movement.JAW_OPENING,
}
JOINTS_OF_REGION = {
    "head": ["jaw", "neck"],
    "neck_spine": ["neck", "shoulder"],
    "chest": ["shoulder", "neck", "trunk"],
    "lower_back": ["trunk", "hip"],
    "shoulder_arm": ["shoulder", "elbow", "wrist"],
    "hip_leg": ["hip", "knee", "ankle"],
}


class AssessedMeanwhile(ChangedMeanwhile):
    sentence = gettext_lazy(
        "Another assessment was written since you opened this page. Yours is still here: look at the other one, "
        "then save again if you need both."
    )


class PageAlreadyUsed(MoveNotAllowed):
    sentence = gettext_lazy(
        "This page was used for another referral already. What you wrote is still here: check that it is about this "
        "patient, then save again."
    )


@dataclass
class Findings:
    """The findings of one assessment. `ranges`, `causes` and `therapies` are unsaved rows."""

    pain_now: int
    findings: str = ""
    plan: str = ""
    ranges: list = field(default_factory=list)
    causes: list = field(default_factory=list)
    therapies: list = field(default_factory=list)


@dataclass(frozen=True)
class FormPage:
    """The page on which an assessment was written. What is sent twice with the same `request_token` is one; `seen` is
    the key of the newest assessment that the page showed (None: there was none).
    """

    request_token: str
    seen: int | None


def assess(referral, found, *, page, by, at):
    """Save an assessment, which completes the referral: the patient has been here and is no longer reminded to book.

    The same page gets the same assessment back. Raises AssessedMeanwhile when a newer one was written, PageAlreadyUsed
    when the page saved another referral's assessment, MoveNotAllowed when the referral is not needed any more.
    """
    if known := _same_request(referral, page):
        return known
    try:
        with transaction.atomic():
            return _write(referral, found, page=page, by=by, at=at)
    except IntegrityError:
        if known := _same_request(referral, page):
            return known
        if PhysiotherapyAssessment.objects.filter(request_token=page.request_token).exists():
            raise PageAlreadyUsed from None
        raise


def newest(referral):
    return PhysiotherapyAssessment.objects.filter(patient=referral.patient_id).first()


def movements_for(regions):
    """Movements to measure after injections into these regions (their keys): (proposed, others), in order of use.

    For an unknown region all of them are proposed.
    """
    joints = list(dict.fromkeys(joint for region in regions for joint in JOINTS_OF_REGION.get(region, [])))
    if not joints:
        return list(Movement), []
    proposed = [move for joint in joints for move in Movement if joint_of(move) == joint]
    return proposed, [move for move in Movement if move not in proposed]


def joint_of(movement):
    return movement.value.partition("-")[0]


def sides_of(movement):
    return [Side.MIDDLE] if movement in MIDDLE else [Side.LEFT, Side.RIGHT]


def _write(referral, found, *, page, by, at):
    locked = ServiceRequest.objects.select_for_update(of=["self"], no_key=True).select_related("appointment")
    referral = locked.get(pk=referral.pk)
    if known := _same_request(referral, page):
        return known
    if referral.status == ServiceRequestStatus.REVOKED:
        raise MoveNotAllowed(_("The record of this injection was withdrawn. There is nothing to assess any more."))
    latest = newest(referral)
    if latest and latest.pk != page.seen:
        raise AssessedMeanwhile
    visit = referral.appointment if referral.appointment and referral.appointment.status in SEEN else None
    assessment = PhysiotherapyAssessment.objects.create(
        referral=referral,
        patient_id=referral.patient_id,
        appointment=visit,
        pain_now=found.pain_now,
        findings=found.findings,
        plan=found.plan,
        assessed_at=at,
        assessed_by=by,
        request_token=page.request_token,
    )
    for model, rows in ((RangeOfMotion, found.ranges), (CauseReview, found.causes), (OtherTherapy, found.therapies)):
        for row in rows:
            row.assessment = assessment
        model.objects.bulk_create(rows)
    if referral.status == ServiceRequestStatus.ACTIVE:
        referral.complete()
        reminders.stop_reminding(referral, reason=_("the physiotherapist has seen the patient"), at=at)
    return assessment


def _same_request(referral, page):
    return PhysiotherapyAssessment.objects.filter(referral=referral, request_token=page.request_token).first()
