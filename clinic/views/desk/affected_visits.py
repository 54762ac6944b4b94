"""The visits to come that cannot take place as planned: why, and whether their patients have been told."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from clinic.forms.desk.affected_visits import TellForm
from clinic.scheduling import affected_visits, obstacles
from clinic.views.shared import audit


@permission_required("clinic.view_workitem", raise_exception=True)
@require_safe
def visits(request):
    now = timezone.now()
    shown = affected_visits.affected(at=now).visible_to(request.user).with_people_and_places().order_by("starts_at")
    shown = [visit for visit in obstacles.mark(shown.prefetch_related("patient__contacts"), at=now) if visit.obstacles]
    audit.read_visits(request, shown, "visits that cannot take place")
    told = affected_visits.told(shown)
    context = {
        "visits": [(visit, visit.pk in told) for visit in shown],
        "untold": len(shown) - len(told),
    }
    return render(request, "desk/scheduling/affected_visits.html", context)


@permission_required("clinic.book_for_patients", raise_exception=True)
@require_POST
def tell(request):
    """Writes to those that were chosen and have not been told yet."""
    form = TellForm(request.POST, user=request.user)
    if not form.is_valid():
        messages.error(request, _("Choose whom to tell."))
        return redirect("desk-affected")
    count = affected_visits.tell(form.cleaned_data["visits"], by=request.user, at=timezone.now())
    told = ngettext("One patient is told.", "%(count)s patients are told.", count) % {"count": count}
    messages.success(request, told if count else _("They know already, or their visits can take place."))
    return redirect("desk-affected")
