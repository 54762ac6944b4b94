"""A stand-in for the SMS provider: a process of its own with the HTTP interface that the real SDK uses.

provider = Provider(folder)
provider.start()
provider.control(errors=0.1, lost_answers=0.05)
provider.accepted()          # its own log, the truth that is counted
provider.receipts(to="http://127.0.0.1:8131", times=2, shuffled=True)
"""

import http.client
import json
import subprocess
import sys
from pathlib import Path

from clinic.operations.supervisor import end_with_parent
from tests.services import free_port, wait_until

ACCOUNT, SECRET, SENDER = "AC" + "0" * 32, "a-secret-of-the-tests", "+37060000000"
ROOT = Path(__file__).resolve().parent.parent.parent


class Provider:
    def __init__(self, folder):
        self.port, self.log = free_port(), Path(folder) / "accepted.jsonl"
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def env(self):
        """The environment with which the clinic sends its SMS here."""
        names = {"ACCOUNT_SID": ACCOUNT, "AUTH_TOKEN": SECRET, "FROM": SENDER, "BASE_URL": self.url}
        return {f"TWILIO_{name}": value for name, value in names.items()}

    def start(self):
        command = [sys.executable, "-m", "tests.provider.server", str(self.port), str(self.log), ACCOUNT, SECRET]
        self.process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, preexec_fn=end_with_parent)
        wait_until(self._is_up, what="the start of the provider")

    def stop(self):
        self.process.kill()
        self.process.wait()

    def control(self, **changes):
        """errors, lost_answers: shares of the calls. outage, hang_seconds, delay_ms, remembers_keys, blocked."""
        return self._post("/control", changes)

    def receipts(self, **options):
        """Send receipts for everything that was accepted. `to` replaces the host of the signed address."""
        return self._post("/control/receipts", options)

    def tell(self, number, words):
        """Somebody writes to the clinic, and the clinic is not called: only the provider's list knows."""
        return self._post("/control/told", {"number": number, "words": words})

    def accepted(self):
        """What it accepted, in order: dicts of sid, to, body, callback."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [json.loads(line) for line in lines]

    def _is_up(self):
        try:
            return self._post("/control", {}) == {}
        except OSError:
            return False

    def _post(self, path, body):
        web = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        web.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        answer = json.loads(web.getresponse().read())
        web.close()
        return answer
