"""Links that carry their own proof: whoever has one may do what it is for, and nobody can make one up.

A token is its subject, a colon and 27 letters of a keyed hash (SHA-1): they fit an SMS, and are enough for a page that
says little and does less. It never expires automatically: the owner of the page says why a link is no longer valid.
"""

from django.conf import settings
from django.core import signing
from django.urls import reverse


class SignedLink:
    """The links to one page. `view` names its address, which takes the token; `salt` keeps other pages' tokens out."""

    def __init__(self, view, *, salt):
        self.view = view
        self._signer = signing.Signer(salt=salt, algorithm="sha1")

    def address_for(self, what):
        """The whole address, as a message shows it."""
        return settings.SITE_URL + reverse(self.view, args=[self.token_for(what)])

    def token_for(self, what):
        return self._signer.sign(what)

    def read(self, token):
        """What the link is about, as text; None when the token was not made here for this page."""
        try:
            return self._signer.unsign(token)
        except signing.BadSignature:
            return None
