"""Where somebody is signed in, signing out there, and locking this screen."""

from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from clinic import audit_kinds
from clinic.lib import devices as names
from clinic.people import auditing, sessions
from clinic.views.shared import audit, fresh_sign_in

ELSEWHERE, EVERYWHERE = "elsewhere", "everywhere"


@never_cache
@require_safe
def devices(request):
    """The sessions of this account, this one first."""
    here = request.session.session_key
    rows = [_row(session, here) for session in sessions.of(request.user, at=timezone.now())]
    context = {"devices": sorted(rows, key=lambda row: not row["is_here"])}
    return render(request, "account/devices.html", context)


def _row(session, here):
    browser, system = names.words_of(session.device)
    return {
        "session": session,
        "mark": sessions.mark_of(session),
        "is_here": session.session_key == here,
        "browser": browser,
        "system": system,
    }


@require_POST
def end(request):
    """One of them, all others, or all: who has it in their hands does nothing with it from that moment on."""
    which = request.POST.get("device", "")
    if which in (ELSEWHERE, EVERYWHERE):
        ended = sessions.end_all(request.user, but=request.session.session_key if which == ELSEWHERE else None)
    else:
        ended = int(sessions.end_one(request.user, which, at=timezone.now()))
    if ended:
        auditing.noted(audit_kinds.SIGNED_OUT, user=request.user, what=f"{ended} devices", **audit.asker(request))
    if which == EVERYWHERE:
        request.session.flush()
        return redirect("home")
    messages.success(request, ngettext("%d device is signed out.", "%d devices are signed out.", ended) % ended)
    return redirect("account_devices")


@require_POST
def lock(request):
    """Before somebody walks away; also sent by a page that nobody has touched for long."""
    page = get_next_redirect_url(request) or "/"
    if not settings.IDLE_LOCK_MINUTES:
        return redirect(page)
    request.session.lock()
    return redirect(fresh_sign_in.url_to_prove(request.user, page))


@require_POST
def awake(request):
    """Somebody is typing: the screen does not lock under their hands."""
    return HttpResponse(status=204)
