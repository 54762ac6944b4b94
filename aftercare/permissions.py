"""What each role may do with what happens afterwards."""

from clinic.models import Role

ROLE_PERMISSIONS = {
    Role.DESK: ["aftercare.view_servicerequest"],
    Role.PHYSICIAN: ["aftercare.view_careplan", "aftercare.view_servicerequest"],
    Role.PHYSIOTHERAPIST: ["aftercare.view_careplan", "aftercare.view_servicerequest"],
    Role.MANAGER: [f"aftercare.{verb}_aftercareprotocol" for verb in ("view", "add", "change")],
}
