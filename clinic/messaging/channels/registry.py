"""Which ways out this installation has.

Each channel has at most two providers: the second takes over while the first is down. A real clinic without a provider
has no way out there, and promises nothing by it; only where MESSAGES_TO_FILES says so are messages files instead.
"""

from django.conf import settings

from clinic.messaging.channels.files import FileChannel
from clinic.messaging.channels.sms import Account, TwilioChannel
from clinic.messaging.channels.smtp import SmtpChannel
from clinic.models import MessageChannel

PROVIDERS = ("", "_2")  # how the names of their settings end
TWILIO = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM", "TWILIO_BASE_URL")


def ways_out(channel):
    """The ways by which e-mail or SMS can leave, the preferred one first; [] if this clinic has none."""
    if channel == MessageChannel.SMS and settings.SMS_CHANNEL == "none":
        return []
    found = _mail_servers() if channel == MessageChannel.EMAIL else _sms_providers()
    return found or ([_files(channel)] if settings.MESSAGES_TO_FILES else [])


def way_named(name):
    """The way out of this name, or None if the clinic does not have it any more."""
    return next((way for channel in MessageChannel for way in ways_out(channel) if way.name == name), None)


def is_set_up(channel):
    """Whether e-mail or SMS can leave here at all; if not, nobody may be promised any."""
    return bool(ways_out(channel))


def writes_files(channel):
    """Whether messages only become files here, because no provider is set up."""
    return any(isinstance(way, FileChannel) for way in ways_out(channel))


def _mail_servers():
    urls = [(end, getattr(settings, f"EMAIL_URL{end}")) for end in PROVIDERS]
    return [SmtpChannel(url, name=_name("smtp", end)) for end, url in urls if url]


def _sms_providers():
    accounts = [
        (_name("twilio", end), Account(*(getattr(settings, name + end) for name in TWILIO))) for end in PROVIDERS
    ]
    return [TwilioChannel(account, name=name) for name, account in accounts if account.sid]


def _name(provider, end):
    return provider + end.replace("_", "-")


def _files(channel):
    folder = settings.DATA_DIR / "messages"
    looks_folder = folder / "email-html" if channel == MessageChannel.EMAIL else None
    return FileChannel(folder / channel, looks_folder=looks_folder, name=f"{channel}-files")
