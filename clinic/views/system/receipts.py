"""What providers call: receipts for sent messages, and replies. Nobody is signed in; the signature proves who calls."""

import uuid

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from clinic.lib.texts import without_nul
from clinic.messaging import incoming, receipts
from clinic.messaging.bounces import news
from clinic.messaging.channels import sms
from clinic.views.system import mail_events

PROVIDERS = {"twilio": sms.is_from_provider}
NO_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


@login_not_required
@require_POST
def receipt(request, provider):
    if mail_events.is_ours(provider):
        for report in mail_events.reports_in(request, provider):
            news.note(report, at=timezone.now())
        return HttpResponse(status=204)
    _must_be_signed(request, provider)
    message_id = request.GET.get("message", "")
    status = receipts.TWILIO_STATUSES.get(request.POST.get("MessageStatus", ""))
    if status and message_id.isdecimal():
        receipts.note_receipt(
            int(message_id),
            news=status,
            reference=request.POST.get("MessageSid", ""),
            detail=f"{request.POST['MessageStatus']} {request.POST.get('ErrorCode', '')}".strip(),
            code=request.POST.get("ErrorCode", ""),
            at=timezone.now(),
        )
    return HttpResponse(status=204)


@login_not_required
@require_POST
def reply(request, provider):
    """An SMS that somebody wrote to the clinic; the provider itself answers STOP and START."""
    _must_be_signed(request, provider)
    incoming.receive(_sms(request.POST), at=timezone.now())
    return HttpResponse(NO_ANSWER, content_type="text/xml")


def _sms(form):
    """In Twilio's words. One without a name of its own is kept each time that it is told."""
    pictures = form.get("NumMedia", "")
    return incoming.Sms(
        number=without_nul(form.get("From", ""))[:64] or "?",
        words=without_nul(form.get("Body", "")),
        reference=without_nul(form.get("MessageSid", ""))[:64] or f"without:{uuid.uuid4()}",
        pictures=int(pictures) if pictures.isdecimal() and len(pictures) < 4 else 0,
    )


def _must_be_signed(request, provider):
    if provider not in PROVIDERS:
        raise Http404
    if not PROVIDERS[provider](request):
        raise PermissionDenied
