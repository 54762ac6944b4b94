"""What must be true of the settings before anything starts."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import DatabaseError

from clinic.lib import demo_guard
from clinic.messaging import epoch
from clinic.messaging.channels import registry, smtp_session
from clinic.privacy import notice
from clinic.settings import folders
from clinic.views.system import mail_events


@register
def demo_stays_on_this_machine(app_configs, **kwargs):
    """Anyone who opens the demo can sign in as anyone: it must not be reachable from outside."""
    return [Error(demo_guard.SENTENCE, id="clinic.E001")] if demo_guard.is_open_to_others() else []


@register(deploy=True)
def folders_are_closed(app_configs, **kwargs):
    """They are closed at each start; one that belongs to somebody else cannot be."""
    paths = {settings.DATA_DIR, settings.IMAGES_DIR, settings.PHOTOS_DIR}
    return [
        Warning(f"Others may look into {path}: chmod 700 it, or give it to the clinic's user.", id="clinic.W012")
        for path in sorted(paths)
        if folders.is_open(path)
    ]


@register(Tags.database)
def deliveries_are_not_held(app_configs, databases=None, **kwargs):
    """`manage.py check --database default`. A warning: `migrate` checks too, and must still work after a restore."""
    try:
        state = epoch.restored_state() if databases else None
    except DatabaseError:
        return []  # not migrated yet, or away
    return [Warning(f"No message goes out: {state}", id="clinic.W010")] if state else []


@register(deploy=True)
def messages_can_leave(app_configs, **kwargs):
    """A real clinic that cannot send must know: patients sign in by a code in an e-mail, and advice goes out by both.

    A clinic that wants no SMS says so: SMS_CHANNEL=none.
    """
    errors = []
    if settings.MESSAGES_TO_FILES and not settings.DEMO:
        errors.append(
            Error("MESSAGES_TO_FILES=true: messages are written to files and reach nobody.", id="clinic.E002")
        )
    if not settings.EMAIL_URL:
        errors.append(Error("EMAIL_URL is not set: no e-mail can leave, and no patient can sign in.", id="clinic.E003"))
    if settings.SMS_CHANNEL != "none" and not settings.TWILIO_ACCOUNT_SID:
        errors.append(
            Error("TWILIO_ACCOUNT_SID is not set: no SMS can leave. Set it, or say SMS_CHANNEL=none.", id="clinic.E004")
        )
    return [] if settings.DEMO else errors


@register
def ways_out_are_complete(app_configs, **kwargs):
    """Half of a provider's settings would be found out by the first message only."""
    errors = []
    for end in registry.PROVIDERS:
        url = getattr(settings, f"EMAIL_URL{end}")
        if url and not url.startswith(("smtp://", "smtps://", "smtp+tls://", "smtp+ssl://")):
            errors.append(
                Error(f"EMAIL_URL{end} does not begin with smtp://, smtp+tls:// or smtp+ssl://.", id="clinic.E005")
            )
        values = [getattr(settings, f"{name}{end}") for name in registry.TWILIO[:3]]
        if any(values) and not all(values):
            errors.append(
                Error(f"Of {', '.join(name + end for name in registry.TWILIO[:3])} some are empty.", id="clinic.E006")
            )
    if unknown := set(settings.SMTP_SECONDS) - {step.name.lower() for step in smtp_session.Step}:
        errors.append(Error(f"SMTP_SECONDS has no step {', '.join(sorted(unknown))}.", id="clinic.E007"))
    if settings.SMS_CHANNEL not in ("twilio", "none"):
        errors.append(Error("SMS_CHANNEL is twilio or none.", id="clinic.E008"))
    return errors


@register
def what_comes_back_is_ours(app_configs, **kwargs):
    """The mailbox is for bounces alone, as what is read there is marked; and only the mail provider ends messages."""
    errors = []
    if settings.BOUNCE_IMAP_URL and not settings.BOUNCE_ADDRESS:
        errors.append(Error("BOUNCE_IMAP_URL needs BOUNCE_ADDRESS, a mailbox for bounces alone.", id="clinic.E010"))
    if settings.MAIL_WEBHOOK and not mail_events.is_ours(settings.MAIL_WEBHOOK):
        words = "MAIL_WEBHOOK is a provider that .env.example names, and needs MAIL_WEBHOOK_SECRET (Mailgun: its key)."
        errors.append(Error(words, id="clinic.E009"))
    return errors


@register
def privacy_notice_is_complete(app_configs, **kwargs):
    """Patients read it, and retention works by it: a file that cannot be used would be found out by a visitor."""
    try:
        notice.read()
    except notice.NoticeIsWrong as error:
        return [Error(f"PRIVACY_FILE: {error}", id="clinic.E011")]
    return []
