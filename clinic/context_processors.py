from django.conf import settings

from clinic.messaging.channels import registry
from clinic.models import MessageChannel
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
            "locks_after_minutes": settings.IDLE_LOCK_MINUTES,
            "sends_email": registry.is_set_up(MessageChannel.EMAIL),
            "sends_sms": registry.is_set_up(MessageChannel.SMS),
        },
        "demo": settings.DEMO,
        "workplaces": navigation.workplaces(getattr(request, "user", None)),
    }
