"""To whoever an account belongs: how it signs in has changed. Also, and above all, if it was somebody else."""

from datetime import timedelta

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from clinic import message_purposes
from clinic.messaging import outbox
from clinic.messaging.channels import registry
from clinic.messaging.letters import Letter
from clinic.models import ContactSystem, MessageChannel

USEFUL_FOR = timedelta(days=3)


def tell_of_change(user, template_prefix, *, at, address=None, **words):
    """Plan a mail to the account's own address: `<template_prefix>_subject.txt` and `_message.txt`, with `words`.

    `address`: the network address it was done from. An account that has a phone only gets an SMS that says what and
    whom to call. Nothing is planned where neither can leave.
    """
    clinic = {"name": settings.CLINIC_NAME, "phone": settings.CLINIC_PHONE}
    words |= {"clinic": clinic, "site_url": settings.SITE_URL, "at": at, "address": address, "user": user}
    subject, body = (
        render_to_string(f"{template_prefix}_{part}.txt", words, using="plain-text").strip()
        for part in ("subject", "message")
    )
    letter = Letter(message_purposes.SIGN_IN_CHANGED, due_at=at, not_after=at + USEFUL_FOR, may_wake=True)
    if user.email:
        return _schedule(letter, MessageChannel.EMAIL, address=user.email, subject=subject, body=body)
    phone = user.contacts.current().filter(system=ContactSystem.PHONE).order_by("pk").first()
    short = _("%(clinic)s: %(what)s. Was it not you? Call us: %(phone)s")
    short %= {"clinic": clinic["name"], "what": subject.rstrip("."), "phone": clinic["phone"]}
    return phone and _schedule(letter, MessageChannel.SMS, address=phone.value, body=short)


def _schedule(letter, channel, **words):
    return outbox.schedule(letter, channel=channel, **words) if registry.is_set_up(channel) else None
