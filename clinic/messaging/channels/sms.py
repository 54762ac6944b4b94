"""SMS by Twilio's own SDK.

Twilio's Messages.create takes no idempotency key, so the same call twice is two SMS. But its list of messages can be
filtered by number: what went to this number with this text since the call began is ours, or a twin that looks alike;
`provider_reference` is unique, so that each of two twins is found once. The list does not show the address for
receipts, and its DateSent is empty until an SMS has left: number, text and date of creation are compared.
"""

import threading
from dataclasses import dataclass
from datetime import timedelta

import requests
from django.conf import settings
from django.urls import reverse
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from clinic.messaging.channels import ChannelDown, Heard, Outgoing, PermanentRefusal, Unanswered

SECONDS = 10  # well within the lease of a claim
CLOCKS_DIFFER = timedelta(minutes=2)
# Of 4xx: what has nothing to do with the message or its number. Wrong credentials, no such account, too many requests.
ABOUT_US = {401, 403, 404, 408, 429}
# The same among Twilio's own numbers: our sender may not send, or has too much waiting.
SENDER_REFUSED = {21212, 21603, 21606, 21611, 21659, 21660, 21661, 21703, 63038}
NO_SUCH_REGION = 21408  # a 403 that is about the number
per_thread = threading.local()


@dataclass(frozen=True)
class Account:
    """At Twilio: its SID and secret, the number or messaging service that SMS come from, and where its API is."""

    sid: str
    secret: str
    sender: str
    base_url: str


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

    def __init__(self, account, *, name="twilio"):
        self.account, self.name = account, name

    def send(self, outgoing: Outgoing) -> str:
        client, sender = _client(self.account), self.account.sender
        per_thread.outgoing = outgoing
        sender = {"messaging_service_sid" if sender.startswith("MG") else "from_": sender}
        try:
            return client.messages.create(
                to=outgoing.address, body=outgoing.body, status_callback=receipts_url(outgoing), **sender
            ).sid
        except TwilioRestException as error:
            raise _refusal(error) from error
        except requests.RequestException as error:
            raise (ChannelDown if _never_left(error) else Unanswered)(type(error).__name__) from error
        finally:
            per_thread.outgoing = None

    def find(self, outgoing: Outgoing, *, since) -> list[str]:
        return [sms.sid for sms in self._listed(outgoing.address, since) if sms.body == outgoing.body]

    def sent_to(self, address, *, since):
        return [sms.sid for sms in self._listed(address, since)]

    def _listed(self, address, since):
        found = []
        try:
            for sms in _client(self.account).messages.stream(to=address, page_size=50):  # the newest first
                if sms.date_created < since - CLOCKS_DIFFER:
                    break
                if sms.direction != "inbound":
                    found.append(sms)
        except (TwilioException, requests.RequestException) as error:  # a list is the same for every message
            raise ChannelDown(type(error).__name__) from error
        return found

    def heard(self, *, since):
        to = {"to": self.account.sender} if self.account.sender.startswith("+") else {}  # a service has many numbers
        try:
            rows = _client(self.account).messages.stream(date_sent_after=since - CLOCKS_DIFFER, page_size=1_000, **to)
            listed = list(rows)
        except (TwilioException, requests.RequestException) as error:
            raise ChannelDown(type(error).__name__) from error
        inbound = [
            sms for sms in reversed(listed) if sms.direction == "inbound" and sms.date_created >= since - CLOCKS_DIFFER
        ]
        return sorted(map(_heard, inbound), key=lambda heard: heard.at)


def _heard(sms):
    pictures = int(sms.num_media or 0)
    return Heard(sms.from_ or "?", sms.body or "", sms.sid, pictures, sms.date_created)


def receipts_url(outgoing):
    """Where the provider reports the outcome of the message; it names only the clinic's id."""
    return f"{settings.SITE_URL}{reverse('message-receipts', args=['twilio'])}?message={outgoing.message_id}"


def is_from_provider(request):
    """Whether one of our providers signed this request (its address and content) with the secret we share."""
    signature = request.headers.get("X-Twilio-Signature", "")
    secrets = filter(None, [settings.TWILIO_AUTH_TOKEN, settings.TWILIO_AUTH_TOKEN_2])
    address = settings.SITE_URL + request.get_full_path()
    return bool(signature) and any(
        RequestValidator(secret).validate(address, request.POST, signature) for secret in secrets
    )


def _client(account):
    """One connection per thread and account, which stays open."""
    clients = per_thread.__dict__.setdefault("clients", {})
    if account not in clients:
        client = Client(account.sid, account.secret, http_client=GuardedHttpClient(account.base_url))
        client.api.base_url = account.base_url
        clients[account] = client
    return clients[account]


def _refusal(error):
    """After a 5xx it may have been accepted: something broke before or after that."""
    text = f"{error.code or error.status} {error.msg}"[:300]
    if error.status >= 500:
        return Unanswered(text)
    if error.code in SENDER_REFUSED or (error.status in ABOUT_US and error.code != NO_SUCH_REGION):
        return ChannelDown(text)
    return PermanentRefusal(text, code=str(error.code or error.status))


def _never_left(error):
    """No connection came about: DNS, TCP, TLS or the proxy."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError | requests.exceptions.ProxyError):
        return True
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return "NewConnectionError" in type(reason).__name__ or "NameResolutionError" in type(reason).__name__
