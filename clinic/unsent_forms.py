"""Nothing typed is lost when a session ends: see `clinic/views/shared/unsent.py` for what is kept and for whom."""

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.shortcuts import redirect
from django.urls import reverse

from clinic.lib import form_filling
from clinic.people import unsent_forms
from clinic.views.shared import typists, unsent, unsent_pages


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Each page needs somebody who is signed in, unless it says otherwise. What was sent without is kept."""

    def handle_no_permission(self, request, view_func):
        kept = unsent.answer(request, is_ours=True) if request.method == "POST" else None
        return kept or super().handle_no_permission(request, view_func)


class UnsentFormsMiddleware:
    """Fills in, on its page, a form that could not be sent; forgets it once it is sent."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method == "GET":
            typists.begin_anew(request)
        response = self.get_response(request)
        waiting = getattr(request, "unsent", None)
        if waiting and waiting.is_filled_in:
            request.is_personal = True
            response = _filled_in(request, response, waiting)
        elif getattr(request, "was_let_through", False):
            response = _after(request, response)
        typists.remember(request, response)
        return response

    def process_view(self, request, view, args, kwargs):
        request.unsent = unsent_pages.waiting_for(request)
        request.was_let_through = request.method == "POST"


def _filled_in(request, response, waiting):
    """The page with its fields filled in; the next page where this one does not have them (any more)."""
    is_page = response.status_code == 200 and response.headers.get("Content-Type", "").startswith("text/html")
    if is_page and waiting.is_drawn_by_page:
        return response
    if is_page and not response.streaming:
        page, sent = response.content.decode(), waiting.typed.sent
        if (page := form_filling.filled(page, request.path, action=waiting.action, sent=sent)) is not None:
            response.content = page
            return response
    url = unsent_forms.try_next_page(waiting.row, waiting.typed, unsent.key_of(request))
    return redirect(url or reverse("unsent-forms"))


def _after(request, response):
    """The answer to a form that was let through: then it need not be kept any more, unless its address is gone."""
    if response.status_code == 404:
        return unsent.answer_to_missing(request) or response
    if response.status_code < 400 and (key := unsent.key_of(request)):
        unsent_forms.drop_sent(key, action=request.path, owner=request.user.pk)
    return response
