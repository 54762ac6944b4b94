"""The physician's record of a visit: write it, read it in words, sign it, add to it."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.errors import MoveNotAllowed
from clinic.lib.texts import without_nul
from clinic.models import Appointment
from clinic.views.shared import audit
from clinic.views.shared.visits import visible_visits
from procedures.errors import RecordSigned
from procedures.forms.practice.record_drugs import fill_from_scans
from procedures.forms.practice.records import COMPLICATIONS, DRUGS, SITES, AddendumForm, RecordForms, SigningForm
from procedures.models import Procedure, ProcedureStatus
from procedures.records import autosave, record_pdf, sealed_content, signing, suggestions
from procedures.views.practice import typed_windows
from procedures.views.practice.autosave import close_page, new_page

ADD_BUTTONS = {"add_site": SITES, "add_drug": DRUGS, "add_complication": COMPLICATIONS}


@permission_required("procedures.sign_procedure", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def record(request, pk):
    """The form of the record; once signed, the record with its notes."""
    appointment, procedure = _visit(request, pk)
    if request.method == "POST":
        return _write(request, appointment, procedure)
    if procedure is None or not procedure.is_signed:
        signing.refuse_unless_under_way(appointment)
    if procedure and procedure.is_signed:
        audit.read(request, appointment.patient, "procedure record")
        return render(request, "practice/records/signed.html", {"procedure": procedure, "form": AddendumForm()})
    shown = typed_windows.first_shown(request, appointment, version=_version(procedure))
    forms = RecordForms.of(appointment, procedure) if shown.data is None else RecordForms.typed(appointment, shown.data)
    page = {"procedure": procedure} if shown.data is None else {"dose_typed": shown.data}
    windows = shown.beside(forms, procedure)
    return _form_page(request, forms, seen=shown.seen, windows=windows, **page)


@permission_required("procedures.sign_procedure", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request, pk):
    """What will be signed, in words, and what happens then."""
    _appointment, procedure = _visit(request, pk)
    if procedure is None:
        raise Http404
    if request.method == "POST":
        return _sign(request, procedure)
    audit.read(request, procedure.patient, "procedure record")
    if procedure.is_signed:
        return redirect(procedure)
    found = signing.warnings(procedure)
    context = {
        "procedure": procedure,
        "problems": signing.missing(procedure, by=request.user),
        "seen": signing.reading(procedure, found),
        "answered": [each for each in found if getattr(procedure, each.field)],
    }
    return render(request, "practice/records/review.html", context)


@require_POST
def seen(request, pk):
    """Ends a visit in which nothing was injected. If something was, signing ends the visit."""
    practitioner = request.user.treats_as
    if practitioner is None:
        raise PermissionDenied
    visits = Appointment.objects.visible_to(request.user).for_people()
    appointment = get_object_or_404(visits.select_related("patient", "visit_type"), pk=pk)
    if practitioner.role != appointment.visit_type.role:
        raise PermissionDenied
    reason = without_nul(request.POST.get("reason", ""))[:500]
    signing.end_without_record(appointment, by=request.user, reason=reason)
    audit.changed(request, appointment.patient, "visit")
    messages.success(request, _("The visit of %(patient)s is over.") % {"patient": appointment.patient})
    return redirect("practice")


@permission_required("procedures.sign_procedure", raise_exception=True)
@require_POST
def addenda(request, pk):
    """Below a signed record only; a draft is changed instead."""
    _appointment, procedure = _visit(request, pk)
    if procedure is None or not procedure.is_signed:
        raise Http404
    form = AddendumForm(request.POST)
    if not form.is_valid():
        audit.read(request, procedure.patient, "procedure record")
        return render(request, "practice/records/signed.html", {"procedure": procedure, "form": form})
    with transaction.atomic():
        text = form.cleaned_data["text"]
        if signing.amend(procedure, text=text, by=request.user, at=timezone.now()):
            audit.wrote(request, procedure.patient, "note to a record")
    messages.success(request, _("Your note is added."))
    return redirect(procedure)


@permission_required("procedures.view_procedure", raise_exception=True)
@require_safe
def as_pdf(request, pk, record):
    """A signed or void record as a file, with its notes: the same bytes each time."""
    records = Procedure.objects.visible_to(request.user).exclude(status=ProcedureStatus.DRAFT)
    procedure = get_object_or_404(records.select_related("patient"), pk=record, appointment=pk)
    audit.read(request, procedure.patient, "procedure record, as a file")
    seals = sealed_content.seals_of(procedure, at=timezone.now())
    answer = HttpResponse(record_pdf.drawn(seals), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="record-{procedure.pk}.pdf"'
    return answer


def _visit(request, pk):
    appointment = get_object_or_404(visible_visits(request), pk=pk)
    return appointment, _record_of(request, appointment)


def _record_of(request, appointment):
    records = Procedure.objects.visible_to(request.user).with_all_parts()
    return records.standing().filter(appointment=appointment).first()


def _write(request, appointment, procedure):
    """Save what was typed; what cannot be saved, or not signed yet, is shown again with the error at its field."""
    refusal = RecordSigned() if procedure and procedure.is_signed else signing.refusal(appointment)
    if request.POST.get("patient") != str(appointment.patient_id):
        refusal = _("This page was opened for another patient.")
    if refusal:
        return _refused(request, appointment, refusal)
    seen = request.POST.get("seen", "")
    if changes := _changes_of_the_page(request.POST):
        return _form_page(request, RecordForms.typed(appointment, request.POST.dict(), **changes), seen=seen)
    forms = RecordForms(appointment, data=request.POST)
    if not forms.is_valid():
        return _form_page(request, forms, seen=seen)
    try:
        saved = _save(request, forms, seen=seen, is_first=procedure is None)
    except signing.DraftChanged:
        return _changed_meanwhile(request, forms)
    if "review" not in request.POST:
        messages.success(request, _("The draft is saved. It is not signed yet."))
        return redirect(saved)
    if problems := signing.problems(saved, by=request.user):
        forms.show(problems)
        return _form_page(request, forms, seen=signing.version(saved))
    return redirect("practice-record-review", pk=appointment.pk)


def _changes_of_the_page(sent):
    """Adds or fills in what a button or scanner asked for; saves nothing. The page's script does the same in place."""
    if adding := next((part for button, part in ADD_BUTTONS.items() if button in sent), None):
        return {"add": adding}
    if "add_sites" in sent:
        return {"sites": suggestions.sites_of(sent["add_sites"])}
    fill = sent.get("fill") or fill_from_scans(sent)
    return {"fill": fill} if fill else {}


def _refused(request, appointment, refusal):
    """The record can no longer be changed; what was typed stays visible, to be used elsewhere."""
    forms = RecordForms(appointment, data=request.POST)
    forms.is_valid()
    sentence = _("%(refusal)s What you typed is still here, so that you can copy it. Nothing of it was saved.")
    forms.record.add_error(None, sentence % {"refusal": refusal})
    return _form_page(request, forms, seen="", status=409)


def _save(request, forms, *, seen, is_first):
    note = audit.wrote if is_first else audit.changed
    with transaction.atomic():
        procedure = forms.write(seen=seen)
        forms.dose.remember(by=request.user)
        note(request, procedure.patient, "procedure record")
        sent = {name: request.POST.get(name, "") for name in ("page", "goes_on")}
        autosave.drop(forms.appointment, by=request.user, **sent)
    close_page(request)
    return procedure


def _changed_meanwhile(request, forms):
    """Nothing typed is lost: pressing again saves it, knowing of the other change."""
    sentence = _("%(refusal)s What you typed is still here. Compare the two, then press again to keep this one.")
    forms.record.add_error(None, sentence % {"refusal": signing.DraftChanged()})
    procedure = _record_of(request, forms.appointment)
    windows = typed_windows.beside_the_draft(request, forms, procedure)
    return _form_page(request, forms, seen=_version(procedure), windows=windows, status=409)


def _sign(request, procedure):
    form = SigningForm(request.POST)
    if not form.is_valid():
        raise MoveNotAllowed
    with transaction.atomic():
        # Somebody else may have signed since it was read.
        procedure = Procedure.objects.visible_to(request.user).select_for_update().get(pk=procedure.pk)
        signed = signing.sign(procedure, by=request.user, at=timezone.now(), **form.cleaned_data)
        if not procedure.is_signed:
            audit.changed(request, signed.patient, "record signed")
    messages.success(
        request, _("The record is signed. The aftercare of %(patient)s has begun.") % {"patient": signed.patient}
    )
    return redirect("practice-visit", pk=signed.appointment_id)


def _form_page(request, forms, *, seen, windows=None, dose_typed=None, procedure=None, status=200):
    audit.read(request, forms.appointment.patient, "procedure record")
    request.uses_camera = True  # to scan packs
    context = {
        "forms": forms,
        "appointment": forms.appointment,
        "seen": seen,
        "windows": windows or typed_windows.of_sent(request, forms.appointment),
        "procedure": procedure,
        "dose_typed": dose_typed or request.POST.dict(),
        "page": new_page(),
        "is_fresh": request.method == "GET",
        "device": autosave.device(forms.appointment, by=request.user),
        "patterns": suggestions.patterns(forms.appointment, user=request.user),
    }
    return render(request, "practice/records/form.html", context, status=status)


def _version(procedure):
    return signing.version(procedure) if procedure else ""
