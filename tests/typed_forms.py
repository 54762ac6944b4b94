"""A browser as far as forms go: it reads the forms of a page, types into them and sends them with their tokens."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.test import Client

from clinic.models import BrowserSession
from tests.clinic.sign_in import PASSWORD, SIGN_IN, WORK, code_in, newest_code_mail

CANARY = "Kanarienvogel <b>&"
FILLED = "Not sent yet. What you typed stands in the form again. Check it, then press the button."


class SentForm:
    """Where a form of a page goes, and what it would send as it stands: names and values, in order."""

    def __init__(self, action):
        self.action, self.values, self.texts = action, [], []
        self.offers = []  # (name, which select, value) of each choice

    def type(self, words, **chosen):
        """Everything that can be typed says `words`; of the choices those named in `chosen`, or the last offered."""
        texts = [(name, f"{words} {number}") for number, name in enumerate(self.texts)]
        last = {(name, select): value for name, select, value in self.offers}
        last |= {(name, select): value for name, select, value in self.offers if chosen.get(name) == value}
        choices = [(name, value) for (name, _select), value in last.items()]
        names = {*self.texts, *(name for name, _value in choices)}
        return [(name, value) for name, value in self.values if name not in names] + texts + choices


class FormReader(HTMLParser):
    def __init__(self, page, path):
        super().__init__()
        self.path, self.forms, self._form, self._select, self._area = path, [], None, None, None
        self._selects = 0
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        values = {name: value or "" for name, value in attributes}
        if tag == "form" and values.get("method", "get").lower() == "post":
            self._form = SentForm(urlsplit(urljoin(self.path, values.get("action", ""))).path)
            self.forms.append(self._form)
        elif self._form is not None and not values.keys() & {"disabled", "form"}:
            self._field(tag, values)

    def _field(self, tag, values):
        kind, name = values.get("type", "text"), values.get("name", "")
        if tag == "select":
            self._select, self._selects = name, self._selects + 1
        elif tag == "textarea":
            self._area = [name, ""]
            self._form.texts.append(name)
        elif tag == "option" and self._select:
            self._form.offers.append((self._select, self._selects, values.get("value", "")))
            if "selected" in values:
                self._form.values.append((self._select, values.get("value", "")))
        elif tag == "input" and name and kind in ("radio", "checkbox"):
            self._form.offers.append((name, 0, values.get("value", "on")))
            if "checked" in values:
                self._form.values.append((name, values.get("value", "on")))
        elif tag == "input" and name and kind not in ("submit", "file", "image", "button"):
            if kind in ("text", "search"):
                self._form.texts.append(name)
            self._form.values.append((name, values.get("value", "")))

    def handle_data(self, data):
        if self._area:
            self._area[1] += data

    def handle_endtag(self, tag):
        if tag == "textarea" and self._area:
            self._form.values.append((self._area[0], self._area[1].removeprefix("\n")))
            self._area = None
        elif tag == "select":
            self._select = None
        elif tag == "form":
            self._form = None


class Browser:
    """Sends tokens and where it comes from, and holds cookies, as a real one does; it runs no scripts."""

    def __init__(self, user=None):
        self.client = Client(enforce_csrf_checks=True)
        if user:
            self.client.force_login(user)
        self.page = None

    def open(self, address):
        self.page = self.client.get(address, follow=True)
        return self.page

    @property
    def path(self):
        return self.page.request["PATH_INFO"]

    @property
    def address(self):
        query = self.page.request["QUERY_STRING"]
        return f"http://testserver{self.path}{query and '?'}{query}"

    @property
    def forms(self):
        return FormReader(self.page.content.decode(), self.path).forms

    def form_to(self, action):
        """The form of the page that goes to this address; None if there is none."""
        return next((form for form in self.forms if form.action == action), None)

    def send(self, action, values, **headers):
        """As a form of the page that stands open sends it; the answer's own answer is shown."""
        data = {}
        for name, value in values:
            data.setdefault(name, []).append(value)
        self.page = self.client.post(action, data, headers={"Referer": self.address, **headers}, follow=True)
        return self.page

    def lose_session(self):
        BrowserSession.objects.filter(pk=self.client.cookies["sessionid"].value).delete()

    def another_tab(self):
        """The same cookies, and a page of its own."""
        tab = Browser()
        tab.client.cookies = self.client.cookies
        return tab

    def sign_in(self, user, *, wrong_code_first=False):
        """On the page that stands open: patients by the code in their mail, colleagues by their password."""
        if self.path == WORK:
            return self._send_own({"login": user.email, "password": PASSWORD})
        assert self.path == SIGN_IN
        self._send_own({"email": user.email})
        if wrong_code_first:
            self._send_own({"code": "000000"})
        return self._send_own({"code": code_in(newest_code_mail())})

    def _send_own(self, typed):
        form = self.form_to(self.path)
        return self.send(self.path, list({**dict(form.values), **typed}.items()))


def token_of(form):
    return dict(form.values)["csrfmiddlewaretoken"]


def without_token(values):
    return sorted((name, value) for name, value in values if name != "csrfmiddlewaretoken")


def notice(page):
    """What the page says about a form that was not sent; empty if nothing."""
    found = re.search(r'<p class="notice-title">(Not sent yet\.)</p>\s*<p>(.*?)</p>', page.content.decode(), re.DOTALL)
    return " ".join(" ".join(found.groups()).split()) if found else ""


def typed_and_lost(user, address, **typed):
    """A browser whose session ended while the form of this page was filled in and sent; and what was sent."""
    browser = Browser(user)
    browser.open(address)
    values = list((dict(browser.form_to(address).type(CANARY)) | typed).items())
    browser.lose_session()
    browser.send(address, values)
    return browser, values
