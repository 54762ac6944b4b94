"""Ultrasound pictures of a record: adding them to a draft, and showing them to those who may see records."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.errors import MoveNotAllowed
from clinic.lib import safe_pictures, upload_limits
from clinic.views.shared import audit
from clinic.views.shared.visits import visible_visits
from procedures.forms.practice.images import PictureForms
from procedures.models import Procedure, UltrasoundImage
from procedures.records import images

TYPES = {"png": "image/png", "jpg": "image/jpeg"}
upload_limits.accept_on("practice-record-images")


@permission_required("procedures.sign_procedure", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def gallery(request, pk):
    """The pictures of a draft: add several together, say what each shows. If one is refused, the others are saved."""
    appointment, procedure = _visit(request, pk)
    if procedure is not None and procedure.is_signed:
        return redirect(procedure)
    refused, forms = [], PictureForms(procedure, data=request.POST if request.method == "POST" else None)
    if request.method == "POST":
        _refuse_another_patient(request, appointment)
        if procedure is None:
            raise MoveNotAllowed(_("Save the record first. Then add its pictures."))
        refused = _add_and_describe(request, procedure, forms)
        if not refused and forms.is_valid():
            return redirect("practice-record-images", pk=pk)
        forms = PictureForms(procedure, data=request.POST) if not forms.is_valid() else PictureForms(procedure)
    audit.read(request, appointment.patient, "ultrasound pictures")
    context = {"appointment": appointment, "procedure": procedure, "forms": forms, "refused": refused}
    return render(request, "practice/records/images/images.html", context, status=400 if refused else 200)


@permission_required("procedures.sign_procedure", raise_exception=True)
@require_POST
def remove(request, pk, image):
    appointment, procedure = _visit(request, pk)
    if procedure is None:
        raise Http404
    _refuse_another_patient(request, appointment)
    picture = get_object_or_404(procedure.images.select_related("procedure"), pk=image)
    with transaction.atomic():
        images.remove(picture)
        audit.changed(request, procedure.patient, "ultrasound picture removed")
    messages.success(request, _("The picture is removed."))
    return redirect("practice-record-images", pk=pk)


@permission_required("procedures.view_procedure", raise_exception=True)
@require_safe
def picture(request, pk, image):
    return _shown(request, pk, image, is_thumbnail=False)


@permission_required("procedures.view_procedure", raise_exception=True)
@require_safe
def thumbnail(request, pk, image):
    return _shown(request, pk, image, is_thumbnail=True)


def _shown(request, pk, image, *, is_thumbnail):
    """The file itself. Browsers must treat it as a picture and nothing else, and not store it."""
    records = Procedure.objects.visible_to(request.user).filter(appointment=pk)
    row = get_object_or_404(
        UltrasoundImage.objects.select_related("procedure__patient"), pk=image, procedure__in=records
    )
    path = images.path_of(row, is_thumbnail=is_thumbnail)
    if not path.exists():
        raise Http404
    patient = row.procedure.patient
    audit.read(request, patient, "ultrasound picture")
    name = f"ultrasound-{row.pk}{path.suffix}"
    answer = FileResponse(path.open("rb"), content_type=TYPES[path.suffix.removeprefix(".")], filename=name)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store, private"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def _visit(request, pk):
    appointment = get_object_or_404(visible_visits(request), pk=pk)
    records = Procedure.objects.visible_to(request.user).standing().filter(appointment=appointment)
    return appointment, records.first()


def _refuse_another_patient(request, appointment):
    if request.POST.get("patient") != str(appointment.patient_id):
        raise MoveNotAllowed(_("This page was opened for another patient. Nothing was added."))


def _add_and_describe(request, procedure, forms):
    """Returns the names of refused files, each with the reason as a sentence."""
    if forms.is_valid():
        images.describe(procedure, forms.entered())
    files = request.FILES.getlist("files")
    refused = [(name, safe_pictures.too_large(name)) for name in getattr(request, "too_large", [])]
    refused += [(file.name, _("Add at most 20 at once.")) for file in files[images.MAX_AT_ONCE :]]
    added, refused_now = images.add(procedure, files[: images.MAX_AT_ONCE], by=request.user, at=timezone.now())
    refused += refused_now
    if added:
        audit.changed(request, procedure.patient, "ultrasound pictures added")
        sentence = ngettext("%(count)s picture is added.", "%(count)s pictures are added.", len(added))
        messages.success(request, sentence % {"count": len(added)})
    elif forms.is_valid() and not refused:
        messages.success(request, _("It is saved."))
    return refused
