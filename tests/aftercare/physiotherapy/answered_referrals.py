"""A referral that is answered, or assessed."""

from datetime import date

from aftercare.physiotherapy import answers, assessments
from tests import factories
from tests.factories import at

NOW = "2026-03-04 12:00"


def elsewhere(referral, on="2026-03-06", *, now=NOW, where="Near home"):
    by = factories.user()
    answers.go_elsewhere(referral, on=date.fromisoformat(on), where=where, by=by, at=at(now))
    referral.refresh_from_db()
    return by


def declined(referral, *, now=NOW):
    answers.decline(referral, why="No time", by=factories.user(), at=at(now))
    referral.refresh_from_db()


def assess(referral, *, token="assess-token-1", seen=None, now=NOW, pain=4):
    found = assessments.Findings(pain_now=pain)
    page = assessments.FormPage(token, seen=seen)
    return assessments.assess(referral, found, page=page, by=factories.user(), at=at(now))
