"""The letters that ask patients how they are, one for each check."""

from datetime import timedelta

from aftercare import message_purposes
from aftercare.models import Asks
from aftercare.symptoms import check_times
from clinic.messaging.letters import Letter

ANSWER_IN_TIME = timedelta(hours=20)  # after that, breathing is no longer asked about


def letters_of(plan, checks):
    """Valid as long as the check's link; the first question about breathing may come at night.

    `checks` are the plan's, the earliest first. Those that are not saved yet have no link.
    """
    first_breath = next((check for check in checks if check.asks == Asks.BREATHING), None)
    for check in checks:
        is_about_breath = check.asks == Asks.BREATHING
        yield Letter(
            message_purposes.CHECK_BREATHING if is_about_breath else message_purposes.HOW_ARE_YOU,
            cause=plan.procedure_id,
            occasion=check.moment,
            context={"plan": plan, "link": check_times.link_of(check) if check.pk else ""},
            due_at=check.due_at,
            not_after=min(check.open_until, check.due_at + ANSWER_IN_TIME) if is_about_breath else check.open_until,
            may_wake=check is first_breath,
        )
