"""Every message the clinic owes somebody, and what became of it."""

from dataclasses import dataclass

from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from clinic import auditing, messaging
from clinic.channels.files import FileChannel
from clinic.forms.desk import MessageSearchForm
from clinic.models import Message, MessageChannel, MessageStatus
from clinic.network import client_address
from clinic.views.paging import page_of

MOST_COUNTED = 100


@dataclass(frozen=True)
class Chip:
    """A state to choose, and how many messages are in it; a long count stops at 100."""

    value: str
    label: str
    count: int

    @property
    def count_label(self):
        return f"{MOST_COUNTED - 1}+" if self.count >= MOST_COUNTED else str(self.count)


@permission_required("clinic.view_message", raise_exception=True)
@require_safe
def messages(request):
    form = MessageSearchForm(request.GET, user=request.user)
    form.full_clean()
    found = form.matching(Message.objects.visible_to(request.user))
    state = form.cleaned_data.get("state", "")
    of_state = found.filter(status=state) if state else found
    context = {
        "form": form,
        "state": state,
        "chips": _chips(found),
        "page": page_of(of_state.select_related("patient"), request),
        "to_files": _channels_to_files(),
    }
    return render(request, "desk/messages.html", context)


@permission_required("clinic.view_message", raise_exception=True)
@require_safe
def message(request, pk):
    found = Message.objects.visible_to(request.user).select_related("patient", "appointment__visit_type")
    sent = get_object_or_404(found, pk=pk)
    if sent.patient:
        auditing.read(sent.patient, by=request.user, what="message", address=client_address(request))
    context = {"sent": sent, "attempts": sent.attempts.all(), "to_files": _channels_to_files()}
    return render(request, "desk/message.html", context)


def _chips(found):
    """Counted to 100 each, so that ten million rows cost no more than a thousand."""
    return [
        Chip(value, label, found.filter(status=value)[:MOST_COUNTED].count()) for value, label in MessageStatus.choices
    ]


def _channels_to_files():
    """The channels that only write files here, because nothing is set up to send by them."""
    return [channel.label for channel in MessageChannel if isinstance(messaging.channel_named(channel), FileChannel)]
