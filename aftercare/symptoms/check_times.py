"""Asking patients how they are in the days after: when, and by which link. When is what the plan's protocol says."""

from datetime import UTC, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aftercare.models import Asks, CareCheck, ProtocolCheck
from aftercare.symptoms.answers import OF_NO_USE
from clinic.lib import civil_time
from clinic.lib.signed_links import Reason, SignedLink

CHECK_TIME = time(17)
OPEN_AT_LEAST, OPEN_AT_MOST = timedelta(hours=20), timedelta(hours=72)


def _check(pk):
    checks = CareCheck.objects.select_related("care_plan__procedure", "care_plan__patient", "care_plan__protocol")
    return checks.prefetch_related("care_plan__procedure__sites__muscle").filter(pk=pk).first()


# Anyone who has the link sees questions and no name, and may answer them once.
LINK = SignedLink(
    "care-check",
    salt="aftercare.checks",
    find=_check,
    reasons=[
        Reason(lambda check, at: not check.care_plan.is_standing, OF_NO_USE),
        Reason(
            lambda check, at: at >= check.open_until,
            _("The time for this answer is over. You can still tell us how you feel."),
        ),
        Reason(
            lambda check, at: at < check.due_at,
            _("It is too early for this answer. If you feel unwell now, do not wait: call us."),
        ),
    ],
)


def plan_checks(plan):
    """Create this plan's checks. Call it in the transaction that starts the plan; again changes nothing.

    Hours after are elapsed hours; days after are days of the clinic's calendar, at 17:00. Breathing is asked about
    only after a needle near the lung or trouble with it.
    """
    CareCheck.objects.bulk_create(checks_of(plan), ignore_conflicts=True)


def checks_of(plan):
    """What `plan_checks` makes, not saved: computed from nothing but the plan and its protocol, the earliest first."""
    rows = [*plan.protocol.check_times.all(), *_after_complications(plan)]
    if not plan.is_breath_watched:
        rows = [row for row in rows if row.asks != Asks.BREATHING]
    due = sorted({(_due_at(row, plan), row.asks, row.moment) for row in rows})
    return [
        CareCheck(care_plan=plan, asks=asks, moment=moment, due_at=due_at, open_until=_open_until(due_at, asks, due))
        for due_at, asks, moment in due
    ]


def _after_complications(plan):
    """Rows like those of a protocol, not saved: when something went wrong, its patient is asked sooner."""
    for each in plan.complications or []:
        if each["check_hours"]:
            asks = Asks.BREATHING if each["asks_about_breath"] else Asks.HOW_ARE_YOU
            yield ProtocolCheck(protocol=plan.protocol, asks=asks, hours_after=each["check_hours"])


def link_of(check):
    """Where the patient answers this check."""
    return LINK.address_for(check.pk)


def _due_at(row, plan):
    if row.hours_after:
        return plan.starts_at.astimezone(UTC) + timedelta(hours=row.hours_after)
    day = timezone.localdate(plan.starts_at) + timedelta(days=row.days_after)
    return civil_time.at(day, CHECK_TIME).astimezone(UTC)


def _open_until(due_at, asks, due):
    """Until the next of its kind is due; a day at the least, three at the most."""
    later = [other for other, kind, _moment in due if kind == asks and other > due_at]
    wanted = min(later) if later else due_at + OPEN_AT_MOST
    return min(max(wanted, due_at + OPEN_AT_LEAST), due_at + OPEN_AT_MOST)
