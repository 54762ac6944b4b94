"""The audit trail, searched by the manager: who did what, to whom, when and from where."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.forms.manage.audit import LOOKED_HERE, TrailForm
from clinic.operations import audit_ends
from clinic.views.shared import audit
from clinic.views.shared.paging import page_of


@permission_required("clinic.search_audit_trail", raise_exception=True)
@require_safe
def trail(request):
    """Looking is itself noted, of each patient whom the page names, once an hour."""
    is_asked = request.GET.keys() & TrailForm.base_fields.keys()
    form = TrailForm(request.GET if is_asked else None)
    form.full_clean()
    page = page_of(form.found(), request)
    audit.saw_each(request, [event.patient_id for event in page.rows], LOOKED_HERE)
    context = {"form": form, "page": page, "state": audit_ends.state()}
    return render(request, "manage/people/audit.html", context)
