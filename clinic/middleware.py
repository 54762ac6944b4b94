from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpResponse, HttpResponseForbidden
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language_from_request

from clinic.errors import DomainError, from_database
from clinic.lib import demo_guard, known_devices, readable_requests, tries
from clinic.lib.readable_requests import NotReadable
from clinic.lib.secret_addresses import is_secret
from clinic.views.shared import audit
from clinic.website import page_cache
from clinic.website.public_pages import PUBLIC_PAGES


class DemoStaysHereMiddleware:
    """The demo answers nobody whose request was handed on, by a proxy or a tunnel, or sent from another network."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.DEMO and demo_guard.comes_from_outside(request):
            return HttpResponseForbidden(demo_guard.SENTENCE, content_type="text/plain")
        return self.get_response(request)


class ReadableRequestsMiddleware:
    """Refuses what nothing here can read: 400 or 415; a number in an address that no row can have is not found."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        readable_requests.forget_unreadable_cookies(request)
        try:
            readable_requests.check(request)
        except NotReadable as refusal:
            words = "This request cannot be read."
            return HttpResponse(words, content_type="text/plain; charset=utf-8", status=refusal.status)
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not readable_requests.can_be_a_row(kwargs.values()):
            raise Http404


NOT_USED = "geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"


class PrivacyHeadersMiddleware:
    """What a browser may do on the clinic's pages, that it stores no copy of a signed-in person's, and that no search
    engine lists them, nor what a link alone opens.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        camera = "camera=(self)" if getattr(request, "uses_camera", False) else "camera=()"
        response.headers.setdefault("Permissions-Policy", f"{camera}, {NOT_USED}")
        if _is_personal(request, response):
            response.headers.setdefault("Cache-Control", "no-store, private")
        if _is_of_somebody(request) or is_secret(request.resolver_match):
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response


def _is_personal(request, response):
    return _is_of_somebody(request) or bool(response.cookies)


def _is_of_somebody(request):
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated) or getattr(request, "is_personal", False)


class VisitorsGZipMiddleware(GZipMiddleware):
    """Compresses pages for visitors who have not signed in.

    The length of a compressed page reveals its text to anyone who can add text to it and count bytes on the line
    (BREACH). So pages with patients on them are never compressed; the tokens of forms are masked differently in each
    response, and Django adds a random number of bytes.
    """

    def process_response(self, request, response):
        user = getattr(request, "user", None)
        return response if user and user.is_authenticated else super().process_response(request, response)


class PageCacheMiddleware:
    """Gives public pages an ETag, and those that this process has rendered already to visitors without a session.

    It is placed so that a cached page skips sessions, forms and templates, but no protective header.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        key = _cache_key(request)
        page = page_cache.find(key, at=timezone.now()) if key else None
        return self.cached(request, page) if page else self.rendered(request, key)

    def process_view(self, request, view, args, kwargs):
        request.is_public = request.resolver_match.view_name in PUBLIC_PAGES
        if request.is_public and _cache_key(request):
            request.words_version = page_cache.known_version()

    def cached(self, request, page):
        request.get_host()  # refuses a host name that is not the clinic's, as all pages do
        body, encoding = page.in_encoding(request.headers.get("Accept-Encoding", ""))
        response = HttpResponse(body, headers=page.headers | {"Content-Length": str(len(body))})
        if encoding:
            response.headers["Content-Encoding"] = encoding
        return get_conditional_response(request, etag=page.headers["ETag"], response=response)

    def rendered(self, request, key):
        response = self.get_response(request)
        is_page = response.status_code == 200 and not response.streaming and request.method in ("GET", "HEAD")
        if not (is_page and getattr(request, "is_public", False)) or _is_personal(request, response):
            return response
        etag = page_cache.etag(response.content)
        patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
        response.headers["ETag"] = etag
        response.headers["Cache-Control"] = "no-cache" if key else "no-cache, private"
        if key and (version := getattr(request, "words_version", None)):
            page = page_cache.CachedPage(version, timezone.now(), response.content, dict(response.headers))
            page_cache.store(key, page)
        return get_conditional_response(request, etag=etag, response=response)


def _cache_key(request):
    """None if the response may be personal or special: a session, a waiting message, part of a page, a query string."""
    may_be_kept = request.method in ("GET", "HEAD") and not request.META.get("QUERY_STRING")
    if not may_be_kept or request.headers.get("HX-Request"):
        return None
    if settings.SESSION_COOKIE_NAME in request.COOKIES or "messages" in request.COOKIES:
        return None
    return request.path_info, get_language_from_request(request)


# Providers see no page of the clinic, so have no token: each such view checks its sender's signature before all else.
# For "reminders" the address itself is what was signed: a mail program posts to it, without a cookie (RFC 8058).
SIGNED_BY_THEIR_SENDER = {"message-receipts", "message-replies", "reminders"}


class SignedWebhooksMiddleware:
    """Requires no CSRF token for the few addresses that providers call, by name. It runs before Django's own check."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.resolver_match.view_name in SIGNED_BY_THEIR_SENDER:
            request._dont_enforce_csrf_checks = True


class TriesMiddleware:
    """A page that says "too many tries" says so by its status, too; and who signs in makes this browser known."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if getattr(request, "has_tried_too_often", False):
            response.status_code = 429
        if response.status_code == 429:
            response.headers.setdefault("Retry-After", str(tries.WAIT_SECONDS))
        if logins := getattr(request, "has_signed_in_as", None):
            known_devices.remember(request, response, logins)
        return response


class DomainErrorMiddleware:
    """A refused act becomes a page that says why it was refused, mostly with 409: nothing changed.

    So does what the database itself refuses, if its owner has registered the refusal (`errors.DatabaseRefusal`).
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        refusal = from_database(exception) if isinstance(exception, DatabaseError) else exception
        if isinstance(refusal, DomainError):
            return render(request, "409.html", {"message": str(refusal)}, status=refusal.status)
        return None


class RefusalsMiddleware:
    """The audit trail knows who was refused a page, and who tried too often.

    It is placed below the check of CSRF tokens: a form that was open for too long is no attempt at anything.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code in (403, 404):
            audit.refused(request, response.status_code)
        elif response.status_code == 429:
            audit.locked_out(request, getattr(request, "account_tried", None))
        return response
