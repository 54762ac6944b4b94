"""What the demo's patients reported of their pain in the days after: less in many cases, not in all."""

from datetime import time, timedelta

from django.utils import timezone

from aftercare.models import Asks, CareCheck, CarePlan, PainDiaryEntry
from clinic.lib import civil_time

DAYS = (0, 1, 2, 3, 5, 7, 14, 42)  # in the evening
# The remaining pain on these days, in percent: for a patient who is helped, helped for a while, not helped.
COURSES = [(60, 55, 40, 35, 30, 25, 20, 20), (50, 60, 50, 40, 45, 50, 70, 80), (80, 90, 100, 90, 90, 100, 90, 100)]
BY_NUMBER = (0, 0, 1, 0, 2)
SILENT = 3  # one in this many reports nothing


def write_diary(moment):
    plans = CarePlan.objects.filter(starts_at__lt=moment.now).prefetch_related("procedure__pain_scores")
    checks = {}
    for check in CareCheck.objects.filter(asks=Asks.HOW_ARE_YOU, due_at__lt=moment.now):
        checks.setdefault(check.care_plan_id, []).append(check)
    tellers = [plan for plan in plans.order_by("pk") if plan.pk % SILENT]
    entries = [entry for plan in tellers for entry in entries_of(plan, checks.get(plan.pk, []), moment)]
    PainDiaryEntry.objects.bulk_create(entries, batch_size=500)


def entries_of(plan, checks, moment):
    """Each answers the question that was open then and still unanswered."""
    before, course = plan.procedure.pain_before or 5, COURSES[BY_NUMBER[plan.pk % len(BY_NUMBER)]]
    waiting = list(checks)
    for day, percent in zip(DAYS, course, strict=True):
        told_at = evening(plan, day)
        if not plan.starts_at < told_at < moment.now:
            continue
        asked = next((check for check in waiting if check.is_open(at=told_at)), None)
        waiting = [check for check in waiting if check is not asked]
        score = round(before * percent / 100)
        yield PainDiaryEntry(care_plan=plan, patient_id=plan.patient_id, care_check=asked, score=score, told_at=told_at)


def evening(plan, day):
    on = timezone.localdate(plan.starts_at) + timedelta(days=day)
    return civil_time.at(on, time(19, 10 + plan.pk % 40))
