"""Between a screen that was left and whoever sits down at it: see `clinic/views/shared/screen_locks.py`."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from clinic.views.shared import fresh_sign_in, screen_locks, unsent


class ScreenLockMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        request.is_screen_locked = screen_locks.is_locked(request)
        if not request.is_screen_locked:
            screen_locks.see(request)
            return None
        is_open = not getattr(view, "login_required", True)
        if is_open or request.resolver_match.view_name in screen_locks.OPEN_WHILE_LOCKED:
            return None
        return _locked(request)


def _locked(request):
    """The page that unlocks it, and from there back; what was sent stands in its form again."""
    if request.method == "POST":
        return unsent.set_aside(request, lambda page: fresh_sign_in.url_to_prove(request.user, page))
    url = fresh_sign_in.url_to_prove(request.user, unsent.page_of(request))
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=401, headers={"HX-Redirect": url})
    if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        return JsonResponse({"refusal": _("This screen is locked. Load the page again.")}, status=401)
    return redirect(url)
