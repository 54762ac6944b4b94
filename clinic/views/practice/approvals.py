"""Changes of clinical words and numbers that wait for a physician, each side by side with what is in force."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.approvals import changes, rows
from clinic.approvals.clinical_models import CLINICAL_MODELS
from clinic.errors import DomainError
from clinic.forms.practice.approvals import DecisionForm
from clinic.models import ClinicalChange
from clinic.views.shared.fresh_sign_in import fresh_sign_in_required

PERMISSION = "clinic.approve_clinical_change"
DECIDED_SHOWN = 50


@permission_required(PERMISSION, raise_exception=True)
@require_safe
def approvals(request):
    """What waits, what was decided last, and what no physician has read here yet."""
    known = ClinicalChange.objects.select_related("proposed_by", "decided_by")
    context = {
        "waiting": known.open().order_by("proposed_at", "pk"),
        "decided": known.exclude(decided_at=None).order_by("-decided_at", "-pk")[:DECIDED_SHOWN],
        "unread": [unread for kind in CLINICAL_MODELS if (unread := _unread(kind))["rows"]],
    }
    return render(request, "practice/approvals/approvals.html", context)


def _unread(kind):
    approved = set(ClinicalChange.objects.approved().filter(model=kind.code).values_list("row", flat=True))
    left = [row for row in kind.model._default_manager.all() if str(row.pk) not in approved]
    return {"label": kind.model._meta.verbose_name_plural, "code": kind.code, "rows": left}


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in_required
def decide(request, pk):
    """Approve it, or refuse it with a reason."""
    change = get_object_or_404(ClinicalChange.objects.select_related("proposed_by", "decided_by"), pk=pk)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _decide(change, form.cleaned_data, by=request.user)
        except DomainError as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Kept, with your name and the time."))
            return redirect("practice-approvals")
    context = {"change": change, "form": form, "differences": rows.differences(change.before, change.after)}
    return render(request, "practice/approvals/decide.html", context)


def _decide(change, entered, *, by):
    if entered["approves"]:
        changes.approve(change, by=by, at=timezone.now())
    else:
        changes.refuse(change, note=entered["note"], by=by, at=timezone.now())


@permission_required(PERMISSION, raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
@fresh_sign_in_required
def as_it_is(request, model, row):
    """One row of the catalogue, to be read and approved as it stands."""
    kind = CLINICAL_MODELS.find(model)
    if kind is None:
        raise Http404
    shown = _row(kind, row)
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        changes.approve_as_it_is(shown, seen=seen, by=request.user, at=timezone.now())
        messages.success(request, _("Kept, with your name and the time."))
        return redirect("practice-approvals")
    now = rows.snapshot(shown, kind.children)
    last = ClinicalChange.objects.approved().about(shown).select_related("decided_by").first()
    context = {
        "row": shown,
        "kind": kind.model._meta.verbose_name,
        "values": rows.differences(now, now),
        "last": last,
        "seen": rows.digest(now),
    }
    return render(request, "practice/approvals/as_it_is.html", context)


def _row(kind, key):
    try:
        return get_object_or_404(kind.model, pk=key)
    except (ValueError, ValidationError) as error:
        raise Http404 from error
