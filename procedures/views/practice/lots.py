"""The recall of a lot: who was given it, on a page and as a file."""

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clinic.views.shared import audit
from clinic.views.shared.fresh_sign_in import fresh_sign_in_required
from procedures.forms.practice.lots import LotForm
from procedures.records import lot_recall

ON_A_PAGE = 100


@permission_required("procedures.recall_lot", raise_exception=True)
@require_safe
def lots(request):
    form = LotForm(request.GET if request.GET.keys() & {"lot", "gtin"} else None)
    context = {"form": form}
    if form.is_bound and form.is_valid():
        found = _found(form)
        page = Paginator(found.given, ON_A_PAGE).get_page(request.GET.get("page"))
        audit.read_each(request, _patients(page), "lot recall")
        context |= {"found": found, "page": page} | form.cleaned_data
    return render(request, "practice/records/lots/lots.html", context)


@permission_required("procedures.recall_lot", raise_exception=True)
@require_safe
@fresh_sign_in_required
def lots_csv(request):
    form = LotForm(request.GET)
    given = _found(form).given if form.is_valid() else []
    audit.read_each(request, _patients(given), "lot recall, as a file")
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    name = lot_recall.file_name(form.cleaned_data.get("lot") or form.cleaned_data.get("gtin") or "")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.write("\ufeff")  # without it spreadsheets misread letters like ž
    lot_recall.write_csv(given, answer)
    return answer


def _found(form):
    return lot_recall.recall(form.cleaned_data["lot"], gtin=form.cleaned_data["gtin"])


def _patients(given):
    """Also those for whom it was only written: the page says of whom nobody knows it."""
    return [drug.into for drug in given]
