"""The clinic's lists of referrals to physiotherapy: to come, to be assessed, answered, done."""

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Case, Q, Value, When
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from aftercare.models import ReferralAnswer, ServiceRequest, ServiceRequestStatus
from clinic.models import AppointmentStatus
from clinic.views.shared import audit

ON_A_PAGE = 50


LISTS = {
    "open": _("to come"),
    "seen": _("seen, not assessed"),
    "answered": _("elsewhere or declined"),
    "done": _("assessed"),
}


@permission_required(["aftercare.view_servicerequest", "aftercare.view_careplan"], raise_exception=True)
@require_safe
def referrals(request):
    """Those whose physiotherapy has not taken place: late ones first, then by deadline; others on lists of theirs."""
    today = timezone.localdate()
    shown = request.GET.get("list") if request.GET.get("list") in LISTS else "open"
    lists = _lists(ServiceRequest.objects.visible_to(request.user))
    page = Paginator(_in_order(lists[shown], shown, today), ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [_row(referral, today) for referral in page]
    audit.read_each(request, [row["referral"].patient_id for row in rows], "referral")
    context = {"page": page, "rows": rows, "shown": shown, "lists": LISTS, "to_assess": lists["seen"].count()}
    return render(request, "practice/physiotherapy/referrals.html", context)


def _lists(referrals):
    active = referrals.active()
    was_seen = Q(appointment__status=AppointmentStatus.FULFILLED)
    return {
        "open": active.filter(answer=ReferralAnswer.NONE).exclude(was_seen),
        "seen": active.filter(was_seen),
        "answered": active.exclude(answer=ReferralAnswer.NONE),
        "done": referrals.filter(status=ServiceRequestStatus.COMPLETED),
    }


def _in_order(referrals, shown, today):
    is_late = Case(When(appointment=None, due_on__lt=today, then=Value(0)), default=Value(1))
    order = [is_late, "due_on", "pk"] if shown == "open" else ["-due_on", "-pk"]
    people = referrals.select_related("patient", "appointment", "care_plan__procedure")
    return people.prefetch_related("patient__contacts", "care_plan__procedure__sites__muscle").order_by(*order)


def _row(referral, today):
    booked = referral.appointment
    return {
        "referral": referral,
        "days_left": referral.days_left(on=today),
        "is_late": referral.is_late(on=today),
        "is_booked_late": booked is not None and booked.on > referral.due_on,
    }
