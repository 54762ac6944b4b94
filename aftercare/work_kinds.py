"""What the days after ask people to do: somebody feels unwell, physiotherapy is not booked."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from aftercare.models import ExercisePrescription
from clinic.models import PractitionerRole, VisitType
from clinic.models.work_kinds import WORK_KINDS, EndedBy, Step, WorkKind, at_the_visit, each
from clinic.work_kinds import booking_address, move_the_visit


@each
def look_and_follow_up(item):
    return [Step(_("Look and follow up"), reverse("practice-check", args=[item.cause]))]


def book_physiotherapy(items):
    """Here, or note that it is done elsewhere; nothing while the clinic offers none. One query."""
    visit_type = VisitType.objects.active().filter(role=PractitionerRole.PHYSIOTHERAPIST).first()
    return [_book_physiotherapy(item, visit_type) if visit_type else [] for item in items]


def _book_physiotherapy(item, visit_type):
    elsewhere = reverse("desk-physiotherapy", args=[item.patient_id])
    return [
        Step(_("Book physiotherapy"), booking_address(item, visit_type)),
        Step(_("Somewhere else, or not wanted"), elsewhere),
    ]


def find_an_earlier_time(items):
    """Move the visit while it stands; else book one."""
    return [move_the_visit(item) or other for item, other in zip(items, book_physiotherapy(items), strict=True)]


# `cause`: the answers.
SYMPTOM_RED = WORK_KINDS.register(
    WorkKind(
        "symptom_red",
        _("Urgent: call this patient now"),
        is_for_the_dead=True,
        ended_by=EndedBy.EITHER,
        is_urgent=True,
        needs_a_note=True,
        practice_steps=look_and_follow_up,
    )
)
SYMPTOM_AMBER = WORK_KINDS.register(
    WorkKind(
        "symptom_amber",
        _("A patient asks for a call"),
        ended_by=EndedBy.EITHER,
        needs_a_note=True,
        practice_steps=look_and_follow_up,
    )
)
# Something went wrong in the visit: somebody calls the patient. `cause`: the procedure.
COMPLICATION_GRAVE = WORK_KINDS.register(
    WorkKind(
        "complication_grave",
        _("Urgent: a physician calls this patient"),
        ended_by=EndedBy.PHYSICIAN,
        is_urgent=True,
        needs_a_note=True,
        practice_steps=at_the_visit(_("Read the record"), "practice-record"),
    )
)
COMPLICATION = WORK_KINDS.register(
    WorkKind(
        "complication",
        _("Call and ask how this patient is"),
        ended_by=EndedBy.EITHER,
        needs_a_note=True,
        practice_steps=at_the_visit(_("Read the record"), "practice-record"),
    )
)
# The last day has come, or a visit was moved past it. `cause`: the procedure.
PHYSIOTHERAPY_LATE = WORK_KINDS.register(
    WorkKind("physiotherapy", _("Physiotherapy not booked"), desk_steps=book_physiotherapy)
)
PHYSIOTHERAPY_MOVED = WORK_KINDS.register(
    WorkKind("physiotherapy_moved", _("Physiotherapy not booked"), desk_steps=find_an_earlier_time)
)


def look_at_the_exercises(items):
    """On the page of the referral that belongs to the exercise. One query."""
    from_prescription = dict(
        ExercisePrescription.objects.filter(pk__in=[item.cause for item in items]).values_list(
            "pk", "care_plan__referral"
        )
    )
    return [_look_at_the_exercise(item, from_prescription.get(item.cause)) for item in items]


def _look_at_the_exercise(item, referral):
    if referral is None:
        return []
    page = reverse("practice-referral-exercises", args=[referral])
    return [Step(_("Look at the exercises"), f"{page}#exercise-{item.cause}")]


# `cause`: the exercise that was assigned. Nobody has ticked it for some days; or the patient says that it hurts.
EXERCISE_UNTICKED = WORK_KINDS.register(
    WorkKind(
        "exercise_unticked",
        _("An exercise is not ticked any more"),
        ended_by=EndedBy.PHYSIOTHERAPIST,
        practice_steps=look_at_the_exercises,
    )
)
EXERCISE_DISCOMFORT = WORK_KINDS.register(
    WorkKind(
        "exercise_discomfort",
        _("An exercise does not feel right"),
        ended_by=EndedBy.PHYSIOTHERAPIST,
        practice_steps=look_at_the_exercises,
    )
)
