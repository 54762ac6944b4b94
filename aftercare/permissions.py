"""What each role may do with what happens afterwards."""

from clinic.models import Role

SEEN_BY_CLINICIANS = ["careplan", "servicerequest", "paindiaryentry", "physiotherapyassessment", "exerciseprescription"]
SEE_WHAT_FOLLOWS = [f"aftercare.view_{name}" for name in SEEN_BY_CLINICIANS]
ANSWER_FOR_PATIENTS = ["aftercare.view_servicerequest", "aftercare.change_servicerequest"]

ROLE_PERMISSIONS = {
    Role.DESK: ANSWER_FOR_PATIENTS,
    Role.PHYSICIAN: [*SEE_WHAT_FOLLOWS, "aftercare.view_outcomes"],
    Role.PHYSIOTHERAPIST: [
        *SEE_WHAT_FOLLOWS,
        *ANSWER_FOR_PATIENTS,
        "aftercare.add_physiotherapyassessment",
        "aftercare.add_exerciseprescription",
    ],
    Role.MANAGER: [
        *(f"aftercare.{verb}_aftercareprotocol" for verb in ("view", "add", "change")),
        *(f"aftercare.{verb}_exercise" for verb in ("view", "change")),
        "aftercare.view_outcomes",
    ],
}
