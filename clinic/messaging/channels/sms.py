"""SMS by Twilio's own SDK.

Twilio's Messages.create takes no idempotency key, so the same call twice is two SMS. But its list of messages can be
filtered by number: what went to this number with this text since the call began is ours, or a twin that looks alike;
`provider_reference` is unique, so that each of two twins is found once. The list does not show the address for
receipts, and its DateSent is empty until an SMS has left: number, text and date of creation are compared.
"""

import threading
from datetime import timedelta

import requests
from django.conf import settings
from django.urls import reverse
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from clinic.messaging.channels import Outgoing, PermanentRefusal, TemporaryFailure, Unanswered

SECONDS = 10  # well within the lease of a claim
CLOCKS_DIFFER = timedelta(minutes=2)
# Of 4xx: what has nothing to do with the message or its number. Wrong credentials, too many requests, no such account.
FOR_NOW = {401, 403, 404, 408, 429}
per_thread = threading.local()


class LeaseGuard:
    """Of a connection: as late as possible, right before bytes leave. A process may be paused between any two lines."""

    def send(self, data):
        if outgoing := getattr(per_thread, "outgoing", None):
            outgoing.must_still_be_ours()
        super().send(data)


class GuardedHttp(HTTPConnectionPool):
    ConnectionCls = type("ConnectionCls", (LeaseGuard, HTTPConnectionPool.ConnectionCls), {})


class GuardedHttps(HTTPSConnectionPool):
    ConnectionCls = type("ConnectionCls", (LeaseGuard, HTTPSConnectionPool.ConnectionCls), {})


class GuardedHttpClient(TwilioHttpClient):
    """Proxies and certificates of the environment are looked up once per connection, not before each message."""

    def __init__(self, base_url):
        super().__init__(timeout=SECONDS)
        usual = self.session.merge_environment_settings(base_url, {}, None, None, None)
        self.session.proxies, self.session.verify = usual["proxies"], usual["verify"]
        self.session.trust_env = False
        pools = {"http": GuardedHttp, "https": GuardedHttps}
        self.session.get_adapter(base_url).poolmanager.pool_classes_by_scheme = pools


class TwilioChannel:
    remembers_keys = False
    can_be_asked = True

    def send(self, outgoing: Outgoing) -> str:
        client = _client()
        per_thread.outgoing = outgoing
        sender = {"messaging_service_sid" if settings.TWILIO_FROM.startswith("MG") else "from_": settings.TWILIO_FROM}
        try:
            return client.messages.create(
                to=outgoing.address, body=outgoing.body, status_callback=receipts_url(outgoing), **sender
            ).sid
        except TwilioRestException as error:
            raise _refusal(error) from error
        except requests.RequestException as error:
            never_left = isinstance(error, requests.ConnectTimeout) or _refused_connection(error)
            raise (TemporaryFailure if never_left else Unanswered)(type(error).__name__) from error
        finally:
            per_thread.outgoing = None

    def find(self, outgoing: Outgoing, *, since) -> list[str]:
        found = []
        try:
            for sms in _client().messages.stream(to=outgoing.address, page_size=50):  # the newest first
                if sms.date_created < since - CLOCKS_DIFFER:
                    break
                if sms.body == outgoing.body and sms.direction != "inbound":
                    found.append(sms.sid)
        except (TwilioException, requests.RequestException) as error:
            raise TemporaryFailure(type(error).__name__) from error
        return found


def receipts_url(outgoing):
    """Where the provider reports the outcome of the message; it names only the clinic's id."""
    return f"{settings.SITE_URL}{reverse('message-receipts', args=['twilio'])}?message={outgoing.message_id}"


def is_from_provider(request):
    """Whether the provider signed this request (its address and content) with the shared secret."""
    signature = request.headers.get("X-Twilio-Signature", "")
    if not (settings.TWILIO_AUTH_TOKEN and signature):
        return False
    address = settings.SITE_URL + request.get_full_path()
    return RequestValidator(settings.TWILIO_AUTH_TOKEN).validate(address, request.POST, signature)


def _client():
    """One connection per thread, which stays open."""
    wanted = (settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, settings.TWILIO_BASE_URL)
    if getattr(per_thread, "wanted", None) != wanted:
        account, secret, base_url = wanted
        client = Client(account, secret, http_client=GuardedHttpClient(base_url))
        client.api.base_url = base_url
        per_thread.client, per_thread.wanted = client, wanted
    return per_thread.client


def _refusal(error):
    text = f"{error.code or error.status} {error.msg}"[:300]
    if error.status >= 500:  # it may have been accepted before something broke
        return Unanswered(text)
    return (TemporaryFailure if error.status in FOR_NOW else PermanentRefusal)(text)


def _refused_connection(error):
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return "NewConnectionError" in type(reason).__name__ or "NameResolutionError" in type(reason).__name__
