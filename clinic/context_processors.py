from django.conf import settings

from clinic.website import navigation


def clinic(request):
    """What every page needs to know about the clinic, and where this person works."""
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
        "workplaces": navigation.workplaces(getattr(request, "user", None)),
    }
