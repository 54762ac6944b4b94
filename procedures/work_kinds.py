"""What records, safety answers and consents ask a physician to do."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clinic.models.work_kinds import WORK_KINDS, EndedBy, Step, WorkKind, at_the_visit, each


@each
def look_at_the_answers(item):
    return [Step(_("Look at the answers"), reverse("practice-screening", args=[item.patient_id]))]


@each
def look_at_the_packs(item):
    return [Step(_("Look at the packs"), reverse("practice-packs"))]


# `cause`: the answers.
SCREENING_AMBER = WORK_KINDS.register(
    WorkKind(
        "screening",
        _("A safety answer needs a physician"),
        ended_by=EndedBy.PHYSICIAN,
        practice_steps=look_at_the_answers,
    )
)
# `cause`: the visit.
RECORD_UNSIGNED = WORK_KINDS.register(
    WorkKind(
        "unsigned",
        _("A record is not signed"),
        ended_by=EndedBy.PHYSICIAN,
        is_for_the_dead=True,
        practice_steps=at_the_visit(_("Open the record"), "practice-record"),
    )
)
# The dose is above a limit, for one. `cause`: the procedure.
SECOND_PERSON = WORK_KINDS.register(
    WorkKind(
        "second_person",
        _("A second physician is needed"),
        ended_by=EndedBy.PHYSICIAN,
        is_for_the_dead=True,
        practice_steps=at_the_visit(_("Look at the record"), "practice-record-second-person"),
    )
)
# A signed record is wrong as a whole. `cause`: the request to void it.
VOID = WORK_KINDS.register(
    WorkKind(
        "void",
        _("A second physician is needed"),
        ended_by=EndedBy.PHYSICIAN,
        is_for_the_dead=True,
        practice_steps=at_the_visit(_("Look at the record"), "practice-record"),
    )
)
# A record is void because another patient was injected, and nobody knows who. `cause`: the request to void it.
INJECTED_UNKNOWN = WORK_KINDS.register(
    WorkKind(
        "injected_unknown",
        _("Who was injected?"),
        ended_by=EndedBy.PHYSICIAN,
        is_for_the_dead=True,
        is_urgent=True,
        needs_a_note=True,
        practice_steps=at_the_visit(_("Look at the visit"), "practice-visit"),
    )
)
# `cause`: the consent.
CONSENT_BACK = WORK_KINDS.register(
    WorkKind("consent_back", _("A patient took the consent back"), ended_by=EndedBy.PHYSICIAN)
)
# A patient read the consent and said no. `cause`: the reply.
CONSENT_NO = WORK_KINDS.register(
    WorkKind("consent_no", _("A patient says no to what is planned"), ended_by=EndedBy.PHYSICIAN)
)
# ... or asked something first. `cause`: the reply.
CONSENT_QUESTION = WORK_KINDS.register(
    WorkKind("consent_question", _("A patient asks before saying yes"), ended_by=EndedBy.EITHER, needs_a_note=True)
)
# ... in words that sound of an emergency.
CONSENT_QUESTION_RED = WORK_KINDS.register(
    WorkKind(
        "consent_red",
        _("Urgent: a question about a consent that sounds of an emergency"),
        ended_by=EndedBy.EITHER,
        is_urgent=True,
        needs_a_note=True,
    )
)
# Many picture files belong to no record. `cause`: 0, `occasion`: the day.
PICTURES_UNKNOWN = WORK_KINDS.register(
    WorkKind("pictures_unknown", _("Pictures that no record knows"), is_about_nobody=True)
)
# Signed records are not as they were signed. `cause`: 0.
RECORD_DIFFERS = WORK_KINDS.register(
    WorkKind("record_differs", _("Signed records are not as they were signed"), is_about_nobody=True)
)
# Somebody said which product a pack is. `cause`: the code of the pack.
PACK_NAMED = WORK_KINDS.register(
    WorkKind(
        "pack_named",
        _("Which product is this pack?"),
        ended_by=EndedBy.PHYSICIAN,
        is_about_nobody=True,
        desk_steps=look_at_the_packs,
        practice_steps=look_at_the_packs,
    )
)
