"""What each role may do with plans, records and what belongs to them."""

from django.utils.translation import gettext_lazy as _

from clinic.models import Role
from clinic.people import rights

CATALOGUE = [
    "bodyregion",
    "muscle",
    "painpattern",
    "proceduredefinition",
    "procedurequestion",
    "risk",
    "siterisk",
    "drug",
    "ingredient",
    "preparation",
]
CATALOGUE += [
    "screeningquestion",
    "consenttext",
    "siteset",
    "sitesetitem",
    "depthhint",
    "musclegeometry",
    "clinicrule",
    "complicationadvice",
]

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
        "procedures.confirm_packcode",
    ],
    Role.PHYSIOTHERAPIST: ["procedures.view_screening", "procedures.view_painreport"],
    Role.MANAGER: [
        "procedures.recall_lot",
        "procedures.confirm_packcode",
        *(f"procedures.{verb}_{name}" for name in CATALOGUE for verb in ("view", "add", "change", "delete")),
    ],
}

rights.register(_("Read the answers to the safety questions"), "procedures.view_screening")
rights.register(_("Ask patients the safety questions"), "procedures.add_screening")
rights.register(_("See where it hurts, as patients mark it"), "procedures.view_painreport")
rights.register(_("Let patients read and sign their consent here"), "procedures.view_consent", "procedures.add_consent")
rights.register(_("Read the records of injections, with notes and pictures"), "procedures.view_procedure")
rights.register(_("Plan injections, write and sign records, review answers"), "procedures.sign_procedure")
rights.register(_("Put dose limits in force with a signature"), "procedures.sign_doselimit")
rights.register(_("Find out who was given a lot that is called back"), "procedures.recall_lot")
rights.register(_("Say which product a pack is, and confirm what a colleague said"), "procedures.confirm_packcode")
rights.register(
    _("Propose words and numbers about muscles, risks, drugs, injections, questions and consent"),
    *(f"procedures.{verb}_{name}" for name in CATALOGUE for verb in ("view", "add", "change", "delete")),
)
