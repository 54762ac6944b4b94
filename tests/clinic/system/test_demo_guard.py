"""The demo, in which anybody is anybody, answers this machine only, however it is started."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse

from clinic.lib import demo_guard
from tests import factories
from tests.architecture.source import ROOT

STARTS = {
    "web": [sys.executable, "-c", "import clinic.wsgi"],
    "worker": [sys.executable, "-m", "celery", "-A", "clinic", "worker", "--pool", "solo"],
    "beat": [sys.executable, "-m", "celery", "-A", "clinic", "beat", "-s", os.devnull],
    "command": [sys.executable, "manage.py", "deliver_messages"],
    "command that checks nothing": [sys.executable, "manage.py", "migrate", "--skip-checks"],
}
HANDED_ON = [
    {"x-forwarded-for": "192.0.2.1"},
    {"x-forwarded-host": "clinic.example"},
    {"x-forwarded-proto": "https"},
    {"forwarded": "for=192.0.2.1"},
    {"via": "1.1 proxy"},
    {"x-real-ip": "192.0.2.1"},
    {"cf-connecting-ip": "192.0.2.1"},
]


@pytest.mark.once
@pytest.mark.parametrize("command", STARTS.values(), ids=STARTS)
def test_no_way_of_starting_opens_the_demo_to_others(tmp_path, command):
    env = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "DEMO": "true", "ALLOWED_HOSTS": "clinic.example"}

    started = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60)

    assert started.returncode != 0
    assert demo_guard.SENTENCE in started.stdout + started.stderr


@pytest.mark.parametrize(
    ("name", "value"), [("ALLOWED_HOSTS", ["*"]), ("IS_HTTPS", True), ("TRUSTED_PROXIES", 1)], ids=str
)
def test_a_demo_that_others_could_reach_does_not_start(settings, name, value):
    demo_guard.refuse_to_start()
    setattr(settings, name, value)

    with pytest.raises(ImproperlyConfigured):
        demo_guard.refuse_to_start()


@pytest.mark.django_db
@pytest.mark.parametrize("headers", HANDED_ON, ids=lambda headers: next(iter(headers)))
def test_the_demo_refuses_what_was_handed_on(headers):
    factories.user("desk", email="desk@demo.example")
    client = Client(headers=headers)

    answers = [client.get("/"), client.post(reverse("demo-sign-in", args=["desk"]))]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "status"), [("8.8.8.8", 403), ("127.0.0.1", 200), ("172.17.0.1", 200)])
def test_the_demo_answers_its_own_network_only(client, address, status):
    answer = client.get("/demo/", REMOTE_ADDR=address)

    assert (answer.status_code, answer.content.decode() == demo_guard.SENTENCE) == (status, status == 403)


@pytest.mark.django_db
def test_a_clinic_answers_what_its_proxy_hands_on(settings):
    settings.DEMO = False

    assert Client(headers=HANDED_ON[0]).get("/healthz").json() == {"status": "alive"}
