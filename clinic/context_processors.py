from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _


def clinic(request):
    """What every page needs to know of the clinic, and where this person works."""
    return {
        "clinic": {
            "name": settings.CLINIC_NAME,
            "phone": settings.CLINIC_PHONE,
            "email": settings.CLINIC_EMAIL,
            "address": settings.CLINIC_ADDRESS,
            "emergency_number": settings.EMERGENCY_NUMBER,
            "time_zone": settings.TIME_ZONE,
        },
        "demo": settings.DEMO,
        "workplaces": workplaces(getattr(request, "user", None)),
    }


def workplaces(user):
    """The workplaces this person may enter, the first one being where signing in leads."""
    if user is None or not user.is_authenticated:
        return []
    doors = [
        (user.is_staff, "admin:index", _("Manage")),
        (user.has_perm("clinic.view_workitem"), "desk", _("Desk")),
        (hasattr(user, "practitioner"), "practice", _("Practice")),
        (not user.is_colleague, "my", _("My visits")),
    ]
    return [{"url": reverse(name), "label": label} for is_open, name, label in doors if is_open]
