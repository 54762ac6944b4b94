"""What each role may do with care plans and what belongs to them."""

from clinic.models import Role

SEEN_BY_CLINICIANS = ["careplan", "servicerequest", "paindiaryentry", "physiotherapyassessment", "exerciseprescription"]
SEE_WHAT_FOLLOWS = [f"aftercare.view_{name}" for name in SEEN_BY_CLINICIANS]
ANSWER_FOR_PATIENTS = ["aftercare.view_servicerequest", "aftercare.change_servicerequest"]
FOLLOW_UP_SYMPTOMS = ["aftercare.view_symptomcheck", "aftercare.change_symptomcheck"]

ROLE_PERMISSIONS = {
    Role.DESK: ANSWER_FOR_PATIENTS,
    Role.PHYSICIAN: [*SEE_WHAT_FOLLOWS, *FOLLOW_UP_SYMPTOMS, "aftercare.view_outcomes"],
    Role.PHYSIOTHERAPIST: [
        *SEE_WHAT_FOLLOWS,
        *ANSWER_FOR_PATIENTS,
        "aftercare.add_physiotherapyassessment",
        "aftercare.add_exerciseprescription",
    ],
    Role.MANAGER: [
        *(f"aftercare.{verb}_aftercareprotocol" for verb in ("view", "add", "change")),
        *(f"aftercare.{verb}_protocolcheck" for verb in ("view", "add", "change", "delete")),
        *(f"aftercare.{verb}_{name}" for verb in ("view", "change") for name in ("exercise", "symptomquestion")),
        "aftercare.view_outcomes",
    ],
}
