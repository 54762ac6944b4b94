"""How many codes go out by SMS in a day, all together: who has them sent to many numbers costs the clinic money."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import message_purposes, work_kinds, worklist
from clinic.models import Message, MessageChannel

DAY = timedelta(days=1)


def are_spent(*, at):
    """Whether those of the last 24 hours are as many as go out in a day; then a person hears of it, once a day."""
    codes = Message.objects.filter(purpose=message_purposes.SIGN_IN.code, channel=MessageChannel.SMS)
    if codes.filter(due_at__gt=at - DAY).count() < settings.SMS_CODES_PER_DAY:
        return False
    worklist.open(
        work_kinds.SMS_CODES_SPENT,
        cause=timezone.localdate(at).toordinal(),
        what_to_say=_("All codes by SMS of one day are sent. Does somebody play? Until tomorrow, help who calls."),
        due_at=at,
    )
    return True
