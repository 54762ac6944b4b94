"""What we keep about a patient: to see, to put right, to take along, and to ask that it is removed."""

import tempfile

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clinic.errors import DomainError
from clinic.forms.my.data import RemovalForm, WhatIsWrongForm
from clinic.privacy import data_requests, notice, own_data_file
from clinic.views.shared import audit
from clinic.views.shared.fresh_sign_in import fresh_sign_in_required

IN_MEMORY = 2 * 1024 * 1024  # bytes of a file that is put together; a longer one is written to the disk


@require_safe
def data(request):
    patients = list(_own(request))
    for patient in patients:
        audit.read(request, patient, "own data")
    context = {
        "patients": [(patient, list(data_requests.open_requests(patient))) for patient in patients],
        "notice": notice.read(),
    }
    return render(request, "my/data/data.html", context)


@require_safe
@fresh_sign_in_required
def take_along(request, pk):
    patient = get_object_or_404(_own(request), pk=pk)
    now = timezone.now()
    out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the answer closes it
    own_data_file.write(patient, out, at=now)
    out.seek(0)
    audit.read(request, patient, "own data, taken along")
    return FileResponse(out, as_attachment=True, filename=f"my-data-{timezone.localdate(now)}.zip")


@require_http_methods(["GET", "HEAD", "POST"])
def put_right(request, pk):
    patient = get_object_or_404(_own(request), pk=pk)
    form = WhatIsWrongForm(request.POST or None)
    if form.is_valid() and _is_told(form, patient):
        audit.changed(request, patient, "asked to put data right")
        messages.success(request, _("Thank you. We look at it and put it right."))
        return redirect("my-data")
    audit.read(request, patient, "own data")
    return _page(request, "my/data/put_right.html", patient, form)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request, pk):
    patient = get_object_or_404(_own(request), pk=pk)
    form = RemovalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data_requests.ask_for_removal(patient, form.cleaned_data["words"], at=timezone.now())
        audit.changed(request, patient, "asked to remove data")
        messages.success(request, _("We have your wish. You hear from us within a month."))
        return redirect("my-data")
    audit.read(request, patient, "own data")
    return _page(request, "my/data/remove.html", patient, form)


def _is_told(form, patient):
    try:
        words = form.cleaned_data["words"]
        data_requests.tell_what_is_wrong(patient, form.what, words, at=timezone.now())
    except DomainError as refusal:
        form.add_error(None, str(refusal))
    return not form.errors


def _page(request, template, patient, form):
    context = {"patient": patient, "form": form, "notice": notice.read()}
    return render(request, template, context, status=422 if form.errors else 200)


def _own(request):
    return data_requests.decided_by(request.user).prefetch_related("contacts")
