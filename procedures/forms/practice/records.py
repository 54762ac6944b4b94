"""The forms that a physician fills in after a procedure, before signing and after it."""

from functools import cached_property
from urllib.parse import parse_qsl

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.models import model_to_dict
from django.utils.translation import gettext_lazy as _

from clinic.forms.fields import TextField
from procedures.forms.practice.doses import DoseForm
from procedures.forms.practice.record_choices import Shelf
from procedures.forms.practice.record_drugs import DrugFormSet
from procedures.forms.practice.record_fields import helper_for, refuse_unseen
from procedures.forms.practice.record_parts import ComplicationFormSet, RecordForm, once_contents
from procedures.forms.practice.record_sites import SiteFormSet
from procedures.models import Guidance, ProcedureDefinition, ProcedurePlan
from procedures.records import signing, suggestions
from procedures.records.pack_codes import pack_of
from procedures.records.signing import Entered

SITES, DRUGS, COMPLICATIONS = "sites", "drugs", "complications"


class RecordForms:
    """The parts that are sent together. Give `data` as sent, or the `contents` to begin with."""

    def __init__(self, appointment, *, data=None, contents=None, shelf=None):
        contents = contents or {}
        self.appointment, self.shelf = appointment, shelf or Shelf(on=appointment.on)
        self.ways_on = []  # problems that can be solved on another page
        rows = {"shelf": self.shelf, "on": appointment.on}
        self.record = RecordForm(data, initial=contents.get("record"), appointment=appointment)
        self._data, self._contents = data, contents

        def part(formset, prefix, **more):
            initial = contents.get(prefix) or [{}]
            return formset(data, prefix=prefix, initial=initial, form_kwargs=rows | more)

        self.sites = part(SiteFormSet, SITES)
        self.drugs = part(DrugFormSet, DRUGS, site_choices=self.sites.choices)
        self.complications = part(ComplicationFormSet, COMPLICATIONS)
        self.drugs.offer_same_lots()

    @classmethod
    def of(cls, appointment, procedure):
        """As the page is first shown: the draft, or an empty record with what the visit already says."""
        if procedure is None:
            return cls(appointment, contents=first_contents(appointment))
        forms = cls(appointment, contents=draft_contents(procedure))
        forms.ask(signing.problems(procedure))
        return forms

    @classmethod
    def typed(cls, appointment, data, *, add="", sites=(), fill=""):
        """What was typed, unchecked: with one more row in the part `add`, with more `sites`, with `fill` filled in."""
        sent = cls(appointment, data=data | dict(parse_qsl(fill, keep_blank_values=True)))
        contents = sent.typed_contents
        if sites:
            contents[SITES] = with_sites(contents[SITES], sites)
        if add and sent.parts[add].may_grow:
            contents[add].append(copied_from(contents[add]) if add == SITES else {})
        again = cls(appointment, contents=contents)
        if add:
            again.parts[add].focus_last()
        return again

    def beside(self, *, procedure=None, typed=None):
        """Another version of the same record, to compare with: a draft, or what was typed elsewhere."""
        if typed is None:
            return RecordForms(self.appointment, contents=draft_contents(procedure), shelf=self.shelf)
        sent = RecordForms(self.appointment, data=typed, shelf=self.shelf)
        return RecordForms(self.appointment, contents=sent.typed_contents, shelf=self.shelf)

    @property
    def parts(self):
        return {SITES: self.sites, DRUGS: self.drugs, COMPLICATIONS: self.complications}

    @cached_property
    def dose(self):
        """Made only when needed: it looks up the patient's weight."""
        return DoseForm(self._data, initial=self._contents.get("dose"), appointment=self.appointment)

    @property
    def single_forms(self):
        return {"record": self.record, "dose": self.dose}

    @property
    def marked_areas(self):
        """The areas of the figure in which the entered sites lie."""
        return self.shelf.figure.marked_by(self.sites.numbered)

    @property
    def marks(self):
        return self.shelf.figure.marks_of(self.sites.numbered)

    @property
    def typed_contents(self):
        """Drops removed rows, and gives each drug the new number of its site."""
        contents = {name: [form.typed for form in rows.kept_forms] for name, rows in self.parts.items()}
        number_of = {str(form.index): str(number) for number, form in enumerate(self.sites.kept_forms)}
        for drug in contents[DRUGS]:
            drug["site"] = number_of.get(drug["site"], "")
        single = {"record": self.record.fields, "dose": DoseForm.base_fields}
        return contents | {part: {name: self._data.get(name) for name in names} for part, names in single.items()}

    def is_valid(self):
        are_valid = [form.is_valid() for form in (*self.single_forms.values(), *self.parts.values())]
        return all(are_valid) and self._drugs_have_their_sites()

    def _drugs_have_their_sites(self):
        """Django's own check counts every row; an empty one is not a site."""
        for drug in self.drugs.kept_forms:
            number = drug.cleaned_data.get("site")
            if number and not self.sites.forms[int(number)].has_changed():
                drug.add_error("site", _("Nothing is written at this site. Choose another one."))
        return not self.drugs.total_error_count()

    @property
    def has_errors(self):
        has_single = any(form.errors for form in self.single_forms.values())
        return has_single or bool(self.ways_on) or any(rows.total_error_count() for rows in self.parts.values())

    def write(self, *, seen):
        sites, drugs = self.sites.make_rows(), self.drugs.make_rows()
        for form in self.drugs.kept_forms:
            if form.row and form.cleaned_data["site"]:
                form.row.site = self.sites.forms[int(form.cleaned_data["site"])].row
        entered = Entered(
            once=self.dose.doses | self.record.once,
            sites=sites,
            drugs=drugs,
            pain=self.record.pain,
            complications=self.complications.make_rows(),
        )
        return signing.write_draft(self.appointment, entered, seen=seen)

    def show(self, problems):
        """Add each problem to its field; one without a field links to its page."""
        for problem in problems:
            form = self._form_of(problem)
            if problem.field in form.fields:
                form.add_error(problem.field, problem.sentence)
            elif not problem.url:
                form.add_error(NON_FIELD_ERRORS, problem.sentence)
            if problem.url:
                self.ways_on.append(problem)

    def ask(self, problems):
        """Show what must be answered in words, before it becomes an error."""
        for problem in problems:
            if problem.part == "record":
                self.record.raised.setdefault(problem.field, []).append(problem.sentence)

    def _form_of(self, problem):
        rows = self.parts[problem.part].kept_forms if problem.part in self.parts else []
        matching = (form for form in rows if problem.row is None or form.row == problem.row)
        return next(matching, self.record if problem.field in self.record.fields else self._single_form_with(problem))

    def _single_form_with(self, problem):
        return self.dose if problem.field in self.dose.fields else self.record


def first_contents(appointment):
    """Side and needle have no default: a record must contain nothing that nobody has checked."""
    definition = _definition_of(appointment)
    guidance = definition.guidance if definition else Guidance.LANDMARK
    record = {"definition": definition, "performed_by": appointment.practitioner}
    return {"record": record, "dose": DoseForm.initial_of(appointment), SITES: [{"guidance": guidance}]}


def _definition_of(appointment):
    """What was planned; without a plan, what this kind of visit is for."""
    if plan := ProcedurePlan.objects.filter(appointment=appointment).select_related("definition").first():
        return plan.definition
    return ProcedureDefinition.objects.filter(visit_type=appointment.visit_type_id, is_active=True).first()


def draft_contents(procedure):
    sites = list(procedure.sites.all())
    number_of = {site.pk: str(number) for number, site in enumerate(sites)} | {None: ""}
    drugs = [
        model_to_dict(drug, signing.DRUG_FIELDS)
        | {"site": number_of[drug.site_id], "pack": pack_of(drug.gtin, drug.lot)}
        for drug in procedure.drugs.all()
    ]
    wrong = [model_to_dict(each, signing.COMPLICATION_FIELDS) for each in procedure.complications.all()]
    return {
        "record": once_contents(procedure),
        "dose": DoseForm.initial_of(procedure.appointment, procedure),
        SITES: [model_to_dict(site, signing.SITE_FIELDS) for site in sites]
        or [{"guidance": procedure.definition.guidance}],
        DRUGS: drugs,
        COMPLICATIONS: wrong,
    }


def copied_from(rows):
    """Needle and guidance seldom change from one site to the next; all else must be checked again."""
    above = rows[-1] if rows else {}
    return {name: above[name] for name in suggestions.COPIED_FIELDS if above.get(name)}


def with_sites(rows, added):
    """A pattern of several sites adds those that are not there yet, replacing empty rows."""
    filled = [row for row in rows if row.get("muscle") or row.get("side")]
    there = {(row["muscle"], row["side"]) for row in filled} if len(added) > 1 else set()
    for row in added:
        if (row.get("muscle"), row.get("side")) not in there:
            filled.append(copied_from(filled or rows) | row)
    return filled


class SigningForm(forms.Form):
    """What the physician had before their eyes when they signed."""

    patient = forms.IntegerField()
    seen = forms.CharField(max_length=64)


class AddendumForm(forms.Form):
    text = TextField(
        label=_("Add a note"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is kept below the record with your name and the time, for good."),
        error_messages={"required": _("Write the note first.")},
    )
    helper = helper_for("text")

    def clean_text(self):
        return refuse_unseen(self, "text")
