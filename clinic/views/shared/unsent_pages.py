"""What pages say about forms that were not sent (see `unsent`), and the values that their fields are filled in with."""

from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from clinic.people import unsent_forms
from clinic.people.unsent_forms import TypedForm
from clinic.views.shared.unsent import key_of

SIGN_IN_PAGES = {"account_login", "account_request_login_code", "account_confirm_login_code", "account_reauthenticate"}


@dataclass
class Waiting:
    """What this browser has not sent yet, for the page that is asked for now."""

    row: object
    typed: TypedForm | None = None
    is_filled_in: bool = False
    is_drawn_by_page: bool = False
    is_sign_in: bool = False

    @property
    def action(self):
        """The address that the form goes to, without what follows a question mark."""
        return self.typed.action.partition("?")[0]

    @property
    def asks_symptoms(self):
        return self.row.asks_symptoms

    @property
    def had_files(self):
        return bool(self.typed and self.typed.had_files)

    @property
    def url(self):
        return address_of(self.row, self.typed) if self.typed else ""

    @property
    def sent(self):
        """As `request.POST` would hold it: for pages that draw other fields for other answers."""
        values = QueryDict(mutable=True)
        for name, each in self.typed.sent.items():
            values.setlist(name, each)
        return values


def typed_before(request):
    """What was typed into the form of this page and could not be sent; None if there is nothing.

    The fields of a page are filled in by themselves. A page that asks here draws them itself, because other answers
    need other fields.
    """
    waiting = getattr(request, "unsent", None)
    if not (waiting and waiting.is_filled_in):
        return None
    waiting.is_drawn_by_page = True
    return waiting.sent


def waiting_for(request):
    """What the page that is asked for says; None, without asking the database, where nothing was kept."""
    key = key_of(request)
    if key is None or request.method != "GET" or request.headers.get("HX-Request") == "true":
        return None
    rows = list(unsent_forms.of_browser(key, at=timezone.now()))
    if not request.user.is_authenticated and request.resolver_match.view_name in SIGN_IN_PAGES:
        rows.sort(key=lambda row: not row.asks_symptoms)
        return Waiting(rows[0], is_sign_in=True) if rows else None
    return _waiting_for_me(request, [row for row in rows if row.user_id == request.user.pk], key)


def _waiting_for_me(request, mine, key):
    page = key.mark("page", request.path)
    mine.sort(key=lambda row: row.page != page)
    for row in mine:
        if typed := unsent_forms.opened(row, key, owner=row.user_id):
            is_filled_in = row.page == page
            is_shown = is_filled_in or request.user.is_authenticated
            return Waiting(row, typed, is_filled_in=is_filled_in) if is_shown else None
    return None


def go_on_url(request):
    """Where somebody who has just signed in goes on: the page of the newest form; None if there is nothing."""
    key = key_of(request)
    rows = unsent_forms.of_browser(key, at=timezone.now()).filter(user=request.user) if key else []
    opened = ((row, unsent_forms.opened(row, key, owner=row.user_id)) for row in rows)
    return next((address_of(row, typed) for row, typed in opened if typed), None)


def address_of(row, typed):
    """The page to fill in, or the one that holds what no page has a place for."""
    return unsent_forms.page_of(row, typed) or reverse("unsent-forms")
