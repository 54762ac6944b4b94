from django.db import IntegrityError, OperationalError
from django.shortcuts import render

from clinic import claiming
from clinic.errors import DomainError, MoveNotAllowed, RecordSigned


class PrivacyHeadersMiddleware:
    """What a browser may do on our pages, and that it keeps no copy of a signed-in person's."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
        )
        if _is_personal(request, response):
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response


def _is_personal(request, response):
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated) or bool(response.cookies) or getattr(request, "is_personal", False)


# Providers have no page of ours, so no token of ours: each such view checks its sender's signature before all else.
SIGNED_BY_THEIR_SENDER = {"message-receipts", "message-replies"}


class SignedWebhooksMiddleware:
    """Asks no CSRF token of the few addresses that providers call, by name. It stands before Django's own check."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.resolver_match.view_name in SIGNED_BY_THEIR_SENDER:
            request._dont_enforce_csrf_checks = True


class DomainErrorMiddleware:
    """A refused act becomes a page with the sentence of its refusal: 409, nothing changed.

    So does what the database itself refuses because it is signed, or what waited too long for another.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, IntegrityError) and RecordSigned.mark in str(exception):
            exception = RecordSigned()
        if isinstance(exception, OperationalError) and claiming.is_lost_race(exception):
            exception = MoveNotAllowed()
        if isinstance(exception, DomainError):
            return render(request, "409.html", {"message": str(exception)}, status=409)
        return None
