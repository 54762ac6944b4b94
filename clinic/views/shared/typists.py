"""Who was signed in when a page was made: it belongs to them, also when somebody else is signed in by now.

The secret that a page's CSRF token is made of changes whenever somebody signs in. Which one was whose stands in a
signed cookie of this browser: so nothing is stored for each page, and a form that was not made here belongs to nobody.
"""

from django.conf import settings
from django.core import signing
from django.middleware import csrf
from django.utils.crypto import constant_time_compare, salted_hmac

COOKIE = f"{settings.COOKIE_PREFIX}typists"
SALT = "clinic.typists"
NOBODY = 0  # the page was made for somebody who had not signed in
MOST = 8


def typist_of(request):
    """The number of the account whose page was sent; NOBODY; or None if it was not made here, or long ago."""
    secret = _secret_sent(request)
    if secret is None:
        return None
    mark = _mark(secret)
    return next((who for known, who in _known(request) if constant_time_compare(known, mark)), None)


def begin_anew(request):
    """What is typed after somebody's session has ended is not theirs: the pages from now on get another secret."""
    secret = request.META.get("CSRF_COOKIE")
    if secret and COOKIE in request.COOKIES and not request.user.is_authenticated:
        mark = _mark(secret)
        if any(who != NOBODY for known, who in _known(request) if known == mark):
            csrf.rotate_token(request)


def remember(request, response):
    """Note whose pages are made with the present secret; called for each response."""
    secret = request.META.get("CSRF_COOKIE")
    is_signed_in = request.user.is_authenticated
    if secret is None or not (is_signed_in or request.META.get("CSRF_COOKIE_NEEDS_UPDATE")):
        return
    known, mark = _known(request), _mark(secret)
    if mark not in [each for each, _who in known]:
        newest = [mark, request.user.pk if is_signed_in else NOBODY]
        set_cookie(response, COOKIE, signing.dumps([newest, *known][:MOST], salt=SALT))


def set_cookie(response, name, value, **more):
    """For the server only, gone with the browser unless told otherwise."""
    response.set_cookie(
        name, value, httponly=True, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax", path="/", **more
    )


def _known(request):
    try:
        return signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT)
    except signing.BadSignature:
        return []


def _mark(secret):
    return salted_hmac(SALT, secret, algorithm="sha256").hexdigest()[:24]


def _secret_sent(request):
    token = request.POST.get("csrfmiddlewaretoken") or request.META.get(settings.CSRF_HEADER_NAME, "")
    try:
        csrf._check_token_format(token)
    except csrf.InvalidTokenFormat:
        return None
    return csrf._unmask_cipher_token(token) if len(token) == csrf.CSRF_TOKEN_LENGTH else token
