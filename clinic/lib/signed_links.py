"""Links that carry their own proof: anyone who has one may do what it is for; nobody can make one up.

A token is the numbers that it is about, a colon and 27 letters of a keyed hash (SHA-1): they fit an SMS, and are enough
for a page that says little and does less. It never expires by itself: whoever owns the page gives the reasons why a
link is no longer good.
"""

from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.urls import reverse


class Reason(NamedTuple):
    """Why a link that was made here is of no use: it has been used, its time is over, its visit has moved ...

    `holds` takes what the link is about, and the instant; `sentence` tells its reader what to do.
    """

    holds: Callable
    sentence: str


class SignedLink:
    """The links to one page.

    `view` names its address, which takes the token. `salt` keeps the tokens of other pages out; it must stay as it is,
    because links made with it are in people's messages. `find` takes the numbers of a link and returns what it is
    about, or None. `reasons` say why a link is of no use, the first that holds.
    """

    def __init__(self, view, *, salt, find, reasons=()):
        self.view, self.salt = view, salt
        self._find, self._reasons = find, reasons
        self._signer = signing.Signer(salt=salt, algorithm="sha1")

    def address_for(self, *numbers):
        """The whole address, as a message shows it."""
        return settings.SITE_URL + reverse(self.view, args=[self.token_for(*numbers)])

    def token_for(self, *numbers):
        return self._signer.sign(".".join(map(str, numbers)))

    def find(self, token):
        """What the link is about; None when it was changed, or not made here for this page."""
        try:
            numbers = self._signer.unsign(token).split(".")
        except signing.BadSignature:
            return None
        return self._find(*map(int, numbers))

    def why_not(self, *about, at):
        """Why a link is of no use at `at`, in a sentence that says what to do; "" while it is good."""
        sentences = (reason.sentence for reason in self._reasons if reason.holds(*about, at))
        return str(next(sentences, ""))
