"""What each role may do with plans, records and what belongs to them."""

from clinic.models import Role

CATALOGUE = [
    "bodyregion",
    "muscle",
    "painpattern",
    "proceduredefinition",
    "procedurequestion",
    "risk",
    "drug",
    "preparation",
]
CATALOGUE += ["screeningquestion", "consenttext", "siteset", "sitesetitem", "depthhint", "clinicrule"]

ASK_PATIENTS = ["procedures.view_screening", "procedures.add_screening"]

ROLE_PERMISSIONS = {
    Role.DESK: [*ASK_PATIENTS, "procedures.view_consent", "procedures.add_consent"],
    Role.PHYSICIAN: [
        *ASK_PATIENTS,
        "procedures.view_painreport",
        "procedures.view_consent",
        "procedures.add_consent",
        "procedures.view_procedure",
        "procedures.sign_procedure",
        "procedures.sign_doselimit",
        "procedures.recall_lot",
    ],
    Role.PHYSIOTHERAPIST: ["procedures.view_screening", "procedures.view_painreport"],
    Role.MANAGER: [
        "procedures.recall_lot",
        *(f"procedures.{verb}_{name}" for name in CATALOGUE for verb in ("view", "add", "change", "delete")),
    ],
}
