"""The provider's process: port, log file, account, secret. Knows nothing of the clinic."""

import base64
import json
import random
import re
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from twilio.request_validator import RequestValidator

PORT, LOG, ACCOUNT, SECRET = sys.argv[1:]
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
SIGNED_IN = "Basic " + base64.b64encode(f"{ACCOUNT}:{SECRET}".encode()).decode()

behaviour = {
    "errors": 0.0,  # share of calls that fail before anything is accepted
    "lost_answers": 0.0,  # share of calls that are accepted and never answered
    "outage": False,
    "hang_seconds": 0,
    "delay_ms": 0,
    "remembers_keys": False,  # the same callback address means the same message
    "blocked": [],  # numbers that said STOP to the provider
    "poison_prefix": None,  # numbers at which the provider itself fails: an invalid answer, nothing accepted
}
accepted, told, by_number, by_callback, lock = [], [], {}, {}, threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *args):
        pass

    def do_POST(self):
        text = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path == "/control":
            behaviour.update(json.loads(text))
            return self.answer(200, {})
        if self.path == "/control/told":
            tell(**json.loads(text))
            return self.answer(200, {})
        if self.path == "/control/receipts":
            return self.answer(200, {"statuses": send_receipts(**json.loads(text))})
        return self.guarded(lambda: self.create({name: values[0] for name, values in parse_qs(text).items()}))

    def do_GET(self):
        return self.guarded(self.listing)

    def guarded(self, act):
        if behaviour["hang_seconds"]:
            time.sleep(behaviour["hang_seconds"])
        if behaviour["outage"] or random.random() < behaviour["errors"]:
            return self.refuse(503, 20503, "Service unavailable")
        if self.headers.get("Authorization") != SIGNED_IN:
            return self.refuse(401, 20003, "Authenticate")
        if urlsplit(self.path).path != MESSAGES:
            return self.refuse(404, 20404, "The requested resource was not found")
        return act()

    def create(self, form):
        time.sleep(behaviour["delay_ms"] / 1000)
        if not re.fullmatch(r"\+[1-9][0-9]{6,14}", form.get("To", "")):
            return self.refuse(400, 21211, "Invalid 'To' Phone Number")
        if behaviour["poison_prefix"] and form["To"].startswith(behaviour["poison_prefix"]):
            return self.answer(201, "<html>")
        if form["To"] in behaviour["blocked"]:
            return self.refuse(400, 21610, "Attempt to send to unsubscribed recipient")
        sms = accept(form)
        if random.random() < behaviour["lost_answers"]:
            self.close_connection = True
            return self.connection.close()
        return self.answer(201, shown(sms))

    def listing(self):
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        size, page = int(asked.get("PageSize", 50)), int(asked.get("Page", 0))
        with lock:
            heard = [sms for sms in told if asked.get("To") in (None, sms["to"])]
            found = list(reversed([*(by_number.get(asked["To"], []) if "To" in asked else accepted), *heard]))
        query = urlencode({**asked, "PageSize": size, "Page": page + 1})
        more = f"{MESSAGES}?{query}" if len(found) > size * (page + 1) else None
        rows = [shown(sms) for sms in found[size * page : size * (page + 1)]]
        return self.answer(200, {"messages": rows, "page": page, "page_size": size, "next_page_uri": more})

    def refuse(self, status, code, words):
        return self.answer(status, {"code": code, "message": words, "status": status, "more_info": ""})

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        return None


def accept(form):
    with lock:
        callback = form.get("StatusCallback")
        if behaviour["remembers_keys"] and callback in by_callback:
            return by_callback[callback]
        sms = {"sid": f"SM{uuid.uuid4().hex}", "to": form["To"], "body": form["Body"], "callback": callback}
        sms |= {"from": form.get("From"), "at": format_datetime(datetime.now(UTC))}
        accepted.append(sms)
        by_number.setdefault(sms["to"], []).append(sms)
        by_callback[callback] = sms
        log.write(json.dumps(sms) + "\n")
        log.flush()
        return sms


def tell(number, words):
    """Somebody writes to the clinic, which is not called."""
    sms = {"sid": f"SM{uuid.uuid4().hex}", "to": "+37060000000", "from": number, "body": words}
    with lock:
        told.append(sms | {"direction": "inbound", "at": format_datetime(datetime.now(UTC))})


def shown(sms):
    """A message as the API shows it: without the callback's address, and not sent yet."""
    same = {"account_sid": ACCOUNT, "api_version": "2010-04-01", "status": "queued"}
    same["direction"] = sms.get("direction", "outbound-api")
    own = {"sid": sms["sid"], "to": sms["to"], "from": sms["from"], "body": sms["body"]}
    dates = {"date_created": sms["at"], "date_updated": sms["at"], "date_sent": None}
    numbers = {"num_segments": "1", "num_media": "0", "price": None, "price_unit": "USD"}
    rest = {"error_code": None, "error_message": None, "messaging_service_sid": None, "uri": "", "subresource_uris": {}}
    return same | own | dates | numbers | rest


def send_receipts(*, to, statuses=("sent", "delivered"), times=1, shuffled=False, latest=0):
    """Signed for the address that the clinic gave; sent to `to`, as through a proxy. `latest`: how many (0: all)."""
    with lock:
        news = [(sms, status) for sms in accepted[-latest:] for status in statuses for _time in range(times)]
    if shuffled:
        random.shuffle(news)
    return [_send_receipt(sms, status, to) for sms, status in news]


def _send_receipt(sms, status, to):
    form = {"MessageSid": sms["sid"], "MessageStatus": status, "To": sms["to"], "AccountSid": ACCOUNT}
    if status in ("failed", "undelivered"):
        form["ErrorCode"] = "30003"
    signature = RequestValidator(SECRET).compute_signature(sms["callback"], form)
    parts = urlsplit(sms["callback"])
    request = urllib.request.Request(f"{to}{parts.path}?{parts.query}", urlencode(form).encode())
    request.add_header("X-Twilio-Signature", signature)
    try:
        return urllib.request.urlopen(request, timeout=30).status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


if __name__ == "__main__":
    ThreadingHTTPServer.daemon_threads = True
    ThreadingHTTPServer.request_queue_size = 128
    with open(LOG, "a", encoding="utf-8") as log:
        ThreadingHTTPServer(("127.0.0.1", int(PORT)), Handler).serve_forever()
