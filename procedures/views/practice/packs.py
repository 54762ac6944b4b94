"""The packs on the shelf: what a scanner reads from one, and which product it is, as two people say."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.errors import DomainError
from procedures.forms.practice.packs import PackForm
from procedures.forms.practice.record_drugs import values_of_scan
from procedures.models import PackCode, Preparation
from procedures.records import pack_codes, pack_scans


@permission_required("procedures.sign_procedure", raise_exception=True)
@require_POST
def read(request):
    """For the script of the record's page: what the code says, the fields to fill in, and what to know about it."""
    try:
        scan = pack_scans.read(request.POST.get("code", ""))
    except DomainError as error:
        return JsonResponse({"refusal": str(error)}, status=400)
    chosen = Preparation.objects.filter(pk=request.POST.get("preparation", "")[:20]).first()
    code = pack_codes.known().get(scan.gtin)
    product, is_other = pack_codes.said(scan.gtin, code, chosen=chosen)
    more = list(_what_to_do(scan))
    fields = values_of_scan(scan, chosen=chosen)
    answer = {"fields": fields, "product": product, "is_other": is_other, "words": " ".join([product, *more])}
    return JsonResponse(answer | {"is_wrong": is_other or bool(more)})


def _what_to_do(scan):
    if scan.has_lost_separators:
        yield _(
            "Type the lot from the label: this scanner leaves out the separator (GS) between lot and serial number."
        )
    elif not scan.lot:
        yield _("This code says no lot: type it from the label.")
    if scan.expires_on and scan.expires_on < timezone.localdate():
        day = formats.date_format(scan.expires_on, "SHORT_DATE_FORMAT")
        yield _("This lot expired on %(day)s. Use another lot.") % {"day": day}


@permission_required("procedures.confirm_packcode", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def packs(request):
    """Which packs are known, which wait for a second person; names one more."""
    form = PackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            pack_codes.name(**form.cleaned_data, by=request.user, at=timezone.now())
        except DomainError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("The pack is named. It counts once somebody else has confirmed it."))
            return redirect("practice-packs")
    listed = pack_codes.listed()
    context = {
        "form": form,
        "waiting": [code for code in listed if not code.is_confirmed],
        "confirmed": [code for code in listed if code.is_confirmed],
    }
    return render(request, "practice/records/packs/packs.html", context)


@permission_required("procedures.confirm_packcode", raise_exception=True)
@require_POST
def confirm(request, pk):
    code = pack_codes.confirm(get_object_or_404(PackCode, pk=pk), by=request.user, at=timezone.now())
    messages.success(
        request, _("Confirmed: %(gtin)s is %(product)s.") % {"gtin": code.gtin, "product": code.preparation}
    )
    return redirect("practice-packs")


@permission_required("procedures.confirm_packcode", raise_exception=True)
@require_POST
def end(request, pk):
    """It is another product. The records with this pack can be found by its number."""
    code = pack_codes.end(get_object_or_404(PackCode, pk=pk), by=request.user, at=timezone.now())
    sentence = _("Taken back: whoever scans %(gtin)s next is asked which product it is.")
    messages.success(request, sentence % {"gtin": code.gtin})
    return redirect("practice-packs")
