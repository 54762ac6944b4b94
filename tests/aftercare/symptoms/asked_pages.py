"""What the tests of pages about symptoms share: a plan whose question of day three is asked, its link, its form."""

import html

from aftercare.symptoms import answers, check_times
from tests import factories
from tests.aftercare.symptoms import asked_plans
from tests.factories import at

CANARY = "Kanarienvogel"
URGENT = 'class="notice notice-stop urgent"'


def plan_of_day_three(time_machine):
    """After a needle near the lung, when the question of day three is asked."""
    asked_plans.questions()
    factories.practitioner()
    patient = factories.patient(family_name=CANARY, phone="+37061234567")
    plan = asked_plans.plan(near_lung=True, patient=patient)
    time_machine.move_to(at("2026-03-05 18:00"), tick=False)
    return plan


def link(plan, moment="+3d"):
    return check_times.link_of(asked_plans.check(plan, moment)).removeprefix("http://127.0.0.1:8000")


def form(plan, *, own_words="", **worse):
    return asked_plans.levels(answers.questions_for(plan), **worse) | {"own_words": own_words}


def text(response):
    return html.unescape(response.content.decode())


def signed_in(client, role, **fields):
    user = factories.user(role, **fields)
    client.force_login(user)
    return user


def told_red(plan):
    levels = asked_plans.levels(answers.questions_for(plan), breathing="red")
    return answers.submit(plan, answers.Told(levels, own_words="My secret"), at=at("2026-03-05 17:50"))
