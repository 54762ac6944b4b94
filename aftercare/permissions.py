"""What each role may do with care plans and what belongs to them."""

from django.utils.translation import gettext_lazy as _

from clinic.models import Role
from clinic.people import rights

SEEN_BY_CLINICIANS = ["careplan", "servicerequest", "paindiaryentry", "physiotherapyassessment", "exerciseprescription"]
SEE_WHAT_FOLLOWS = [f"aftercare.view_{name}" for name in SEEN_BY_CLINICIANS]
ANSWER_FOR_PATIENTS = ["aftercare.view_servicerequest", "aftercare.change_servicerequest"]
FOLLOW_UP_SYMPTOMS = ["aftercare.view_symptomcheck", "aftercare.change_symptomcheck"]
ASSESS_AND_ASSIGN = ["aftercare.add_physiotherapyassessment", "aftercare.add_exerciseprescription"]
WRITE_AFTERCARE = [
    *(f"aftercare.{verb}_aftercareprotocol" for verb in ("view", "add", "change")),
    *(f"aftercare.{verb}_protocolcheck" for verb in ("view", "add", "change", "delete")),
    *(f"aftercare.{verb}_{name}" for verb in ("view", "change") for name in ("exercise", "symptomquestion")),
]

ROLE_PERMISSIONS = {
    Role.DESK: ANSWER_FOR_PATIENTS,
    Role.PHYSICIAN: [*SEE_WHAT_FOLLOWS, *FOLLOW_UP_SYMPTOMS, "aftercare.view_outcomes"],
    Role.PHYSIOTHERAPIST: [
        *SEE_WHAT_FOLLOWS,
        *ANSWER_FOR_PATIENTS,
        *ASSESS_AND_ASSIGN,
    ],
    Role.MANAGER: [*WRITE_AFTERCARE, "aftercare.view_outcomes"],
}

rights.register(_("See referrals to physiotherapy"), "aftercare.view_servicerequest")
rights.register(_("Note that a patient goes elsewhere, or wants no physiotherapy"), "aftercare.change_servicerequest")
rights.register(
    _("See aftercare plans, pain diaries, assessments and exercises"),
    *(label for label in SEE_WHAT_FOLLOWS if label != "aftercare.view_servicerequest"),
)
rights.register(_("Assess patients and assign exercises"), *ASSESS_AND_ASSIGN)
rights.register(_("Read how patients say they are, and follow it up"), *FOLLOW_UP_SYMPTOMS)
rights.register(_("See how many came to physiotherapy in time"), "aftercare.view_outcomes")
rights.register(_("Propose aftercare protocols, exercises and the questions about symptoms"), *WRITE_AFTERCARE)
