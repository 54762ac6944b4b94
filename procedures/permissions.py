"""What each role may do with what the clinic does."""

from clinic.models import Role

CATALOGUE = ["bodyregion", "muscle", "proceduredefinition", "risk", "drug", "preparation"]

ROLE_PERMISSIONS = {
    Role.PHYSICIAN: ["procedures.view_procedure", "procedures.sign_procedure"],
    Role.MANAGER: [f"procedures.{verb}_{name}" for name in CATALOGUE for verb in ("view", "add", "change", "delete")],
}
