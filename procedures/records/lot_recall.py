"""Every patient who was given a lot: for the day on which its maker or an authority recalls it."""

import csv
import unicodedata
from dataclasses import dataclass

from django.db.models import Case, Q, When
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from clinic.lib.texts import has_visible_text
from procedures.models import DrugAdministration, Injected, Procedure, ProcedureStatus

STARTS_A_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True)
class Recall:
    """`lots` as written in the records; `given`: the administrations, newest first.

    `other_packs` counts those of the same lot that were scanned from packs with another number.
    """

    lots: list[str]
    given: object  # QuerySet of DrugAdministration
    other_packs: int = 0

    @property
    def patients(self):
        return self.given.order_by().values("into").distinct().count()


def recall(typed, *, gtin=""):
    """Everybody who was given the lot, also by drafts and by void records whose drug was injected all the same.

    With the number of the pack (`gtin`, 14 digits) those are left out whose pack had another number: makers use the
    same lot numbers. Whose lot was typed by hand stays, for nobody knows the pack. Without a lot, all with that pack.
    `patient_of` says who it was: the record may have been written for another one. Capitals, spaces and dashes
    make no difference, as people copy a lot from labels by hand.
    """
    lots = matching_lots(typed) if typed or not gtin else []
    which = Q(lot__in=lots) if typed or not gtin else Q(gtin=gtin)
    injected = Q(procedure__in=Procedure.objects.injected()) | Q(procedure__status=ProcedureStatus.DRAFT)
    given = DrugAdministration.objects.filter(injected, which)
    others = given.exclude(gtin__in=["", gtin]) if gtin else given.none()
    given = given.exclude(pk__in=others.values("pk"))
    other = When(procedure__status=ProcedureStatus.VOID, then="procedure__void_request__injected_visit__patient")
    given = given.annotate(into=Coalesce(Case(other), "procedure__patient"))
    given = given.select_related(
        *("procedure__patient", "procedure__performed_by", "preparation"),
        "procedure__void_request__injected_visit__patient",
    )
    contacts = ["procedure__patient__contacts", "procedure__void_request__injected_visit__patient__contacts"]
    given = given.prefetch_related(*contacts).order_by("-given_on", "-pk")
    return Recall(lots=lots, given=given, other_packs=others.count())


def patient_of(drug):
    """Who was given it; None if it was another patient than the record's, and nobody knows who."""
    answer = getattr(drug.procedure, "void_request", None) if drug.procedure.is_void else None
    if answer is None or answer.injected != Injected.ANOTHER:
        return drug.procedure.patient
    return answer.injected_visit.patient if answer.injected_visit else None


def matching_lots(typed):
    """The lots in the records that match the typed one, however they are written."""
    letters = plain(typed)
    if not letters:
        return []
    begins = Q(lot__startswith=letters[0]) | Q(lot__startswith=letters[0].lower())
    lots = DrugAdministration.objects.filter(begins).order_by().values_list("lot", flat=True).distinct()
    return sorted(lot for lot in lots if plain(lot) == letters)


def plain(lot):
    return "".join(character for character in lot.upper() if character.isalnum())


# The list for a letter or a telephone


def write_csv(given, file):
    """All of `given` as comma-separated values for a spreadsheet, none of which it reads as a formula."""
    rows = csv.writer(file)
    about_the_patient = [_("Family name"), _("First name"), _("Born"), _("Phone"), _("E-mail")]
    about_the_drug = [_("Given on"), _("By"), _("Product"), _("Volume (mL)"), _("Lot"), _("Use before")]
    rows.writerow([*about_the_patient, *about_the_drug, _("Record"), _("Pack")])
    for drug in given:
        rows.writerow([without_formula(value) for value in _values(drug)])


def _values(drug):
    procedure, patient = drug.procedure, patient_of(drug)
    unknown = [_("not known: not %(patient)s") % {"patient": procedure.patient}, "", "", "", ""]
    return [
        *(
            [patient.family_name, patient.given_name, patient.birth_date, patient.phone, patient.email]
            if patient
            else unknown
        ),
        *(drug.given_on, procedure.performed_by, drug.preparation, drug.volume_ml),
        *(drug.lot, drug.expires_on, words_of(procedure), pack_words_of(drug)),
    ]


def pack_words_of(drug):
    return drug.gtin or _("typed by hand")


def words_of(procedure):
    """What became of a record, and of a void one whether it was injected."""
    if not procedure.is_void:
        return procedure.get_status_display()
    injected = procedure.void_request.get_injected_display() or _("nobody said whether it was injected")
    return _("void. Was it injected? %(answer)s") % {"answer": injected}


def without_formula(value):
    """As text that a spreadsheet displays instead of computing (OWASP: CSV injection)."""
    text = str(value)
    return f"'{text}" if _may_be_computed(text) else text


def _may_be_computed(text):
    """Leading spaces and invisible characters hide nothing, nor do full-width signs."""
    if text.startswith(("\t", "\r", "\n")):
        return True
    seen = (character for character in unicodedata.normalize("NFKC", text) if has_visible_text(character))
    return next(seen, "") in STARTS_A_FORMULA


def file_name(lot):
    return f"lot-{plain(lot)[:40] or 'none'}-{localdate():%Y-%m-%d}.csv"
