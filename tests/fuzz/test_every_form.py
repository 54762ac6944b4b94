"""A part of the fuzz in each run; all of it by `bin/test --fuzz`, which takes hours."""

import os
import traceback

import pytest
from django.utils import timezone
from time_machine import travel

from tests.fixtures import matrix
from tests.fuzz.requests import Fuzz

IS_LONG = os.environ.get("FUZZ") == "full"
OF_EACH_ADDRESS = None if IS_LONG else 3


@pytest.fixture
def fuzz(db, settings, tmp_path):
    settings.IMAGES_DIR = tmp_path
    settings.ACCOUNT_RATE_LIMITS = False
    with travel(timezone.now(), tick=False):
        yield Fuzz(matrix.made(), most=OF_EACH_ADDRESS, seed=int(os.environ.get("FUZZ_SEED", "13")))


@pytest.mark.pages
@pytest.mark.repeated_queries_allowed
def test_every_form_and_query_answers_below_500(fuzz):
    failed, made = {}, 0

    for each in fuzz.tries():
        made += 1
        answer = fuzz.sent(each)
        if answer.status_code >= 500 and "readyz" not in each.address:  # it says 503 itself
            failed.setdefault(reason(answer), each)

    print(f"{made} requests")
    assert made > 700
    assert failed == {}


def reason(answer):
    """The error, and the last line that it came through, of ours if there is one."""
    if not answer.exc_info:
        return str(answer.status_code)
    kind, error, trace = answer.exc_info
    places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(trace)]
    ours = [place for place in places if "site-packages" not in place]
    return f"{kind.__name__} {str(error)[:200]} at {(ours or places)[-1]}"
