"""Every message the clinic owes somebody, and its outcome."""

import secrets
from dataclasses import dataclass

from django.contrib import messages as notes
from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.errors import ChannelMissing, DomainError, MoveNotAllowed
from clinic.forms.desk.lists import MessageSearchForm
from clinic.forms.desk.messages import AnswerForm, ContactForm, SendAgainForm
from clinic.forms.shared.preferences import form_for
from clinic.messaging import (
    archive,
    contacts,
    conversations,
    due_checks,
    outages,
    outbox,
    preferences,
    refusals,
    sms_numbers,
)
from clinic.messaging.channels import registry
from clinic.models import IncomingMessage, Message, MessageChannel, MessageStatus, Patient, PreferenceSource
from clinic.views.desk.contacts import offer_another
from clinic.views.shared import audit
from clinic.views.shared.paging import page_of

MAX_COUNTED = 100


@dataclass(frozen=True)
class Chip:
    """A state to choose, and how many messages are in it; a long count stops at 100."""

    value: str
    label: str
    count: int

    @property
    def count_label(self):
        return f"{MAX_COUNTED - 1}+" if self.count >= MAX_COUNTED else str(self.count)


@permission_required("clinic.view_message", raise_exception=True)
@require_safe
def messages(request):
    form = MessageSearchForm(request.GET, user=request.user)
    form.full_clean()
    found = [form.matching(rows) for rows in archive.visible_to(request.user)]
    state = form.cleaned_data.get("state", "")
    of_state = [rows.filter(status=state) if state else rows for rows in found]
    page = page_of(archive.LiveAndArchived(*(rows.select_related("patient") for rows in of_state)), request)
    audit.read_each(request, [row.patient_id for row in page.rows], "list of messages")
    context = {
        "form": form,
        "state": state,
        "chips": _chips(found),
        "page": page,
        "undecided": IncomingMessage.objects.undecided()[:MAX_COUNTED].count(),
        **_ways_out(),
    }
    return render(request, "desk/messaging/messages.html", context)


@permission_required("clinic.view_message", raise_exception=True)
@require_safe
def message(request, pk):
    if not (sent := archive.get(*(_with_patients(rows) for rows in archive.visible_to(request.user)), pk)):
        raise Http404
    return _message_page(request, sent, SendAgainForm())


@permission_required("clinic.change_message", raise_exception=True)
@require_POST
def send_again(request, pk):
    sent = get_object_or_404(_with_patients(Message.objects.visible_to(request.user)), pk=pk)
    form = SendAgainForm(request.POST)
    if not form.is_valid():
        return _message_page(request, sent, form, status=422)
    try:
        new = outbox.send_again(sent, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
    except (MoveNotAllowed, ChannelMissing) as refusal:
        form.add_error(None, str(refusal))
        sent.refresh_from_db()
        return _message_page(request, sent, form, status=409)
    notes.success(request, _("It is on its way again. This page shows the new message."))
    return redirect("desk-message", new.pk)


@permission_required("clinic.view_message", raise_exception=True)
@require_safe
def of_patient(request, pk):
    """Every message of one patient with each try, how the patient wants to be reached, and where."""
    person = get_object_or_404(_patients(request), pk=pk)
    return _patient_page(request, person, form_for(person))


@permission_required("clinic.change_message", raise_exception=True)
@require_POST
def answer(request, pk):
    """What a colleague writes to the patient, from the conversation."""
    person = get_object_or_404(_patients(request), pk=pk)
    form = AnswerForm(request.POST, ways=_ways_to(person))
    if form.is_valid():
        try:
            written = conversations.Answer(**form.cleaned_data)
            conversations.answer(person, written, at=timezone.now(), **audit.asker(request))
        except DomainError as refusal:
            if refusal.field is None:
                raise
            form.add_error(refusal.field, str(refusal))
        else:
            notes.success(request, _("Your message is on its way."))
            return redirect("desk-patient-messages", pk)
    return _patient_page(request, person, form_for(person), answer_form=form, status=422)


@permission_required("clinic.change_message", raise_exception=True)
@require_POST
def choose(request, pk):
    """The patient says, at the desk or on the phone, how to be reached."""
    person = get_object_or_404(_patients(request), pk=pk)
    form = form_for(person, request.POST)
    if not form.is_valid():
        return _patient_page(request, person, form, status=422)
    preferences.choose(person, by=request.user, source=PreferenceSource.DESK, at=timezone.now(), **form.cleaned_data)
    notes.success(request, _("Kept. Messages that are planned follow."))
    return redirect("desk-patient-messages", pk)


@permission_required("clinic.change_message", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def fix_contact(request, pk, contact):
    person = get_object_or_404(_patients(request), pk=pk)
    wrong = get_object_or_404(person.contacts, pk=contact)
    form = ContactForm(request.POST if request.method == "POST" else None, contact=wrong)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            contacts.fix_contact(wrong, by=request.user, at=timezone.now(), **form.cleaned_data)
        except MoveNotAllowed as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            notes.success(request, _("The address is changed. What has not gone out yet goes there."))
            offer_another(request, form.cleaned_data["value"])
            notes.info(request, _("It opens nothing yet. Give the person access when they stand before you."))
            return redirect("desk-patient-messages", pk)
    audit.read(request, person, "patient")
    return render(
        request, "desk/messaging/contact.html", {"patient": person, "contact": wrong, "form": form}, status=status
    )


def _with_patients(rows):
    return rows.select_related("patient", "appointment__visit_type")


def _patients(request):
    return Patient.objects.visible_to(request.user).prefetch_related("contacts")


def _message_page(request, sent, form, status=200):
    if sent.patient:
        audit.read(request, sent.patient, "message")
    again = [rows.of_same_letter(sent).filter(sending__gt=sent.sending) for rows in archive.visible_to(request.user)]
    context = {
        "sent": sent,
        "why_not_again": due_checks.why_not_again(sent, at=timezone.now()) if sent.may_be_sent_again else "",
        "tries": sent.all_tries,
        "again": archive.LiveAndArchived(*again)[:MAX_COUNTED],
        "what_to_do": refusals.what_to_do(sent) if sent.has_failed else "",
        "form": form,
        **_ways_out(),
    }
    return render(request, "desk/messaging/message.html", context, status=status)


def _patient_page(request, person, form, *, answer_form=None, status=200):
    audit.read(request, person, "messages")
    page = page_of(conversations.of(person, user=request.user), request)
    context = {
        "patient": person,
        "form": form,
        "answer_form": answer_form or _answer_form(person, page.rows),
        "preference": preferences.preference_of(person),
        "blocked": sms_numbers.blocked_of(person),
        "our_number": sms_numbers.our_number(),
        "page": page,
        **_ways_out(),
    }
    return render(request, "desk/messaging/patient_messages.html", context, status=status)


def _answer_form(person, rows):
    seen = max((row.pk for row in rows if row.is_incoming), default=None)
    ways = _ways_to(person)
    first = next((channel for channel, _label in ways if any(_is_by(row, channel) for row in rows[:1])), None)
    channel = first or next((channel for channel, _label in ways), None)
    return AnswerForm(ways=ways, initial={"token": secrets.token_hex(10), "seen": seen, "channel": channel})


def _is_by(row, channel):
    """Whether the newest of the conversation came or went by this channel."""
    return channel == (MessageChannel.SMS if row.is_incoming else row.channel)


def _ways_to(person):
    set_up = filter(registry.is_set_up, MessageChannel)
    reached = [(channel, preferences.contact_by(person, channel)) for channel in set_up]
    return [(channel.value, f"{channel.label}, {contact.value}") for channel, contact in reached if contact]


def _chips(found):
    """Counted to 100 each, so that ten million rows cost no more than a thousand."""
    return [Chip(value, label, _count(found, value)) for value, label in MessageStatus.choices]


def _count(found, status):
    return sum(rows.filter(status=status)[:MAX_COUNTED].count() for rows in found)


def _ways_out():
    """The channels that only write files here, because no provider is set up for them, and those with no way out."""
    return {
        "to_files": [channel.label for channel in MessageChannel if registry.writes_files(channel)],
        "missing": [channel.label for channel in outages.not_set_up()],
    }
