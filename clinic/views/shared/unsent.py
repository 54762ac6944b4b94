"""A form that was sent when its sender was signed out: what was typed is kept, and where the sender goes on.

It is never sent by itself: after signing in its page comes with the fields filled in, and one press sends it.
"""

from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from clinic.lib.client_address import address_mark
from clinic.models import User
from clinic.models.unsent_forms import KEPT_FOR
from clinic.people import unsent_forms
from clinic.people.unsent_forms import CannotBeKept, Key, TypedForm
from clinic.views.shared import typists

COOKIE = f"{typists.COOKIE.removesuffix('typists')}unsent"
ACTION = "_action"
_asks_symptoms, _kept_while_typed = set(), {}


def asks_symptoms(*pages):
    """Names of addresses where patients say how they are: whoever was not heard there is told whom to call."""
    _asks_symptoms.update(pages)


def kept_while_typed(page, *, is_form_of):
    """The address `page` gets what is typed into the form of `is_form_of` (both by name) before it is sent."""
    _kept_while_typed[page] = is_form_of


def answer(request, *, is_ours):
    """To a form that was refused, because its sender is signed out or has signed in anew since.

    `is_ours`: its token proves that a page of ours sent it. None if there is nothing to keep, or it is not sure whose.
    """
    name = request.resolver_match.view_name
    if name.startswith(("account_", "mfa_")) or name in ("admin:login", "demo-sign-in"):
        return _after_signing_in_elsewhere(request)
    in_background = _is_from_a_script(request)
    if in_background and name not in _kept_while_typed:
        return _signed_out()
    typed, owner = _typed(request), _owner(request)
    if is_ours and not (owner or typed.sent):
        return redirect_to_login(typed.pages[0])
    key = key_of(request) or Key()
    try:
        if owner is None:
            raise CannotBeKept
        kept_from = "" if owner else address_mark(request)
        unsent_forms.keep(typed, key=key, owner=owner or None, at=timezone.now(), kept_from=kept_from)
    except (CannotBeKept, DatabaseError):
        return _not_kept(request, typed) if is_ours else None
    response = _signed_out() if in_background else _going_on(request, owner, typed)
    typists.set_cookie(response, COOKIE, key.secret, max_age=int(KEPT_FOR.total_seconds()))
    return response


def set_aside(request, url):
    """Keep a form of somebody who is signed in and must do something else first; then it stands on its page again.

    `url`: where that is done, a function of the page to come back to.
    """
    typed = _typed(request)
    if _is_from_a_script(request) and request.resolver_match.view_name not in _kept_while_typed:
        return _later()
    key = key_of(request) or Key()
    try:
        unsent_forms.keep(typed, key=key, owner=request.user.pk, at=timezone.now())
    except (CannotBeKept, DatabaseError):
        return _not_kept(request, typed)
    response = _later() if _is_from_a_script(request) else _sent_to(request, url(typed.pages[0]))
    typists.set_cookie(response, COOKIE, key.secret, max_age=int(KEPT_FOR.total_seconds()))
    return response


def keep_typed(request):
    """Keep what is typed in a form that nobody has sent; `ACTION` says where it would go. 204, or 400 without."""
    action = _path_of(request, request.POST.get(ACTION, ""))
    if not action:
        return HttpResponse(status=400)
    sent = {name: values for name, values in _fields(request).items() if name != ACTION}
    typed = TypedForm(action=action, pages=_pages(request, action), sent=sent)
    key = key_of(request) or Key()
    unsent_forms.keep(typed, key=key, owner=request.user.pk, at=timezone.now())
    response = HttpResponse(status=204)
    typists.set_cookie(response, COOKIE, key.secret, max_age=int(KEPT_FOR.total_seconds()))
    return response


def page_of(request):
    """The page that stands open in the browser, also where only a part of it is asked for."""
    return _path_of(request, request.headers.get("HX-Current-URL", "")) or request.get_full_path()


def answer_to_missing(request):
    """To a form whose address there is not any more: the session knew it, or somebody removed it. None: not for us."""
    if typists.typist_of(request) is None or _is_from_a_script(request):
        return None
    return answer(request, is_ours=False)


def _after_signing_in_elsewhere(request):
    return redirect("workplace") if request.user.is_authenticated else None


def _owner(request):
    """Whose page was sent. Where nobody had signed in, it is of whoever has it before them and presses its button."""
    typist = typists.typist_of(request)
    return _present(request) if typist == typists.NOBODY else typist


def _present(request):
    return request.user.pk if request.user.is_authenticated else typists.NOBODY


def _typed(request):
    """What was sent. Passwords are not kept, nor files: nobody can fill them in."""
    match, action = request.resolver_match, request.get_full_path()
    pages = _pages(request, action)
    if page := _kept_while_typed.get(match.view_name):
        action = reverse(page, kwargs=match.kwargs)
        pages = [action]
    return TypedForm(
        action=action,
        pages=pages,
        sent=_fields(request),
        had_files=bool(request.FILES),
        asks_symptoms=match.view_name in _asks_symptoms,
    )


def _pages(request, action):
    """Where the form may stand: on the page it was sent from, or where it goes to."""
    page = _path_of(request, request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    return [address for address in dict.fromkeys([page, action]) if address]


def _fields(request):
    hidden = {name for name in request.POST if name == "csrfmiddlewaretoken" or "password" in name.lower()}
    return {name: values for name, values in request.POST.lists() if name not in hidden}


def _path_of(request, address):
    """The part of one of our own addresses that follows the host; empty for all others."""
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(address)
    path = f"/{parts.path.lstrip('/')}"
    return f"{path}?{parts.query}" if parts.query else path


def _going_on(request, owner, typed):
    """To the page itself if its sender is there; to the way in; or to a page that says that somebody else is."""
    present = _present(request)
    if present == owner:
        url = typed.pages[0]
    elif present:
        url = reverse("unsent-forms")
    else:
        url = sign_in_url(owner)
    return _sent_to(request, url)


def _sent_to(request, url):
    if not _is_htmx(request):
        return redirect(url)
    return HttpResponse(status=401, headers={"HX-Redirect": url})


def sign_in_url(owner):
    """Colleagues sign in by password, patients by a code."""
    account = User.objects.filter(pk=owner).first()
    return reverse("account_login" if account and account.is_colleague else "account_request_login_code")


def _is_from_a_script(request):
    """One that shows the answer itself, and sends nobody to another page; htmx can be told to."""
    is_fetched = request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
    return (is_fetched or "json" in request.headers.get("Accept", "")) and not _is_htmx(request)


def _is_htmx(request):
    return request.headers.get("HX-Request") == "true"


def _signed_out():
    sentence = _("Not saved yet: you are signed out here. Send the form, sign in and go on: what you typed is kept.")
    return JsonResponse({"refusal": sentence}, status=401)


def _later():
    sentence = _("Not saved yet: we must know first that it is still you. Load this page again.")
    return JsonResponse({"refusal": sentence}, status=401)


def _not_kept(request, typed):
    """What was typed stands on the answer itself, to be copied."""
    context = {"typed": typed, "words": unsent_forms.words_of(typed), "url": sign_in_url(None)}
    return render(request, "system/unsent/not_kept.html", context, status=403)


def is_about_symptoms(request):
    return bool(request.resolver_match) and request.resolver_match.view_name in _asks_symptoms


def key_of(request):
    secret = request.COOKIES.get(COOKIE)
    return Key(secret) if secret else None
