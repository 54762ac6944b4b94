"""Which ways out this installation is set up with."""

from django.conf import settings

from clinic.messaging.channels.files import FileChannel
from clinic.messaging.channels.sms import TwilioChannel
from clinic.messaging.channels.smtp import SmtpChannel
from clinic.models import MessageChannel


def channel_named(name):
    """The way out for e-mail or SMS; files if nothing is set up."""
    if name == MessageChannel.EMAIL and settings.EMAIL_URL:
        return SmtpChannel()
    if name == MessageChannel.SMS and settings.TWILIO_ACCOUNT_SID:
        return TwilioChannel()
    folder = settings.DATA_DIR / "messages"
    return FileChannel(folder / name, looks_folder=folder / "email-html" if name == MessageChannel.EMAIL else None)
