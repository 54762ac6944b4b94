"""To whoever an account belongs: how it signs in has changed. Also, and above all, if it was somebody else."""

from datetime import timedelta

from django.conf import settings
from django.template.loader import render_to_string

from clinic import message_purposes
from clinic.messaging import outbox
from clinic.messaging.channels import registry
from clinic.messaging.letters import Letter
from clinic.models import MessageChannel

USEFUL_FOR = timedelta(days=3)


def tell_of_change(user, template_prefix, *, at, address=None, **words):
    """Plan a mail to the account's own address: `<template_prefix>_subject.txt` and `_message.txt`, with `words`.

    `address`: the network address it was done from. Nothing is planned where no e-mail can leave.
    """
    if not user.email or not registry.is_set_up(MessageChannel.EMAIL):
        return None
    clinic = {"name": settings.CLINIC_NAME, "phone": settings.CLINIC_PHONE}
    words |= {"clinic": clinic, "site_url": settings.SITE_URL, "at": at, "address": address, "user": user}
    subject, body = (
        render_to_string(f"{template_prefix}_{part}.txt", words, using="plain-text").strip()
        for part in ("subject", "message")
    )
    letter = Letter(message_purposes.SIGN_IN_CHANGED, due_at=at, not_after=at + USEFUL_FOR, may_wake=True)
    return outbox.schedule(letter, address=user.email, subject=subject, body=body)
