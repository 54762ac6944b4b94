"""What a physician types after a procedure, and what is asked of them before and after signing."""

from crispy_forms.layout import Div
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Q
from django.forms.models import model_to_dict
from django.utils.translation import gettext_lazy as _

from clinic.models import Practitioner, PractitionerRole
from procedures import performing
from procedures.forms.record_rows import (
    DrugFormSet,
    Shelf,
    SiteFormSet,
    TextField,
    field_of,
    helper_for,
    refuse_unseen,
    sentences,
)
from procedures.models import Guidance, PainMoment, PainScore, Procedure, ProcedureDefinition

SITES, DRUGS = "sites", "drugs"
NOT_0_TO_10 = sentences(wrong=_("Write a whole number from 0 to 10."))


class RecordForm(forms.Form):
    """What stands in a record once."""

    definition = forms.ModelChoiceField(
        None,
        label=_("Procedure"),
        empty_label="",
        error_messages={"required": _("Choose the procedure.")},
    )
    performed_by = forms.ModelChoiceField(
        None,
        label=_("Done by"),
        empty_label="",
        error_messages={"required": _("Choose the physician who did it.")},
    )
    pain_before = field_of(
        PainScore, "score", label=_("Pain before, 0 to 10"), required=False, error_messages=NOT_0_TO_10
    )
    pain_after = field_of(
        PainScore, "score", label=_("Pain 10 minutes after, 0 to 10"), required=False, error_messages=NOT_0_TO_10
    )
    note = field_of(Procedure, "note", form_class=TextField, label=_("Note, only for physicians"))

    pain_helper = helper_for(Div("pain_before", "pain_after", css_class="record-pain"), "note")
    who_helper = helper_for(Div("definition", "performed_by", css_class="form-row-fields"))

    def __init__(self, *args, appointment, **kwargs):
        super().__init__(*args, **kwargs)
        own = Q(procedure__appointment=appointment)
        physicians = Practitioner.objects.filter(Q(is_active=True) | Q(procedures__appointment=appointment))
        self.fields["performed_by"].queryset = physicians.filter(role=PractitionerRole.PHYSICIAN).distinct()
        self.fields["definition"].queryset = ProcedureDefinition.objects.filter(Q(is_active=True) | own).distinct()
        for name in ("pain_before", "pain_after"):
            self.fields[name].widget.attrs["inputmode"] = "numeric"
        self.fields["note"].widget.attrs["rows"] = 3

    @property
    def pain(self):
        return {
            PainMoment.BEFORE: self.cleaned_data["pain_before"],
            PainMoment.AFTER: self.cleaned_data["pain_after"],
        }


class RecordForms:
    """The three parts that are sent together. Give `data` as sent, or the `contents` to begin with."""

    def __init__(self, appointment, *, data=None, contents=None):
        contents = contents or {}
        rows = {"form_kwargs": {"shelf": Shelf(), "on": appointment.on}}
        self.appointment = appointment
        self.record = RecordForm(data, initial=contents.get("record"), appointment=appointment)
        self.sites = SiteFormSet(data, prefix=SITES, initial=contents.get(SITES) or [{}], **rows)
        self.drugs = DrugFormSet(data, prefix=DRUGS, initial=contents.get(DRUGS) or [{}], **rows)

    @classmethod
    def of(cls, appointment, procedure):
        """As the page is opened: the draft, or an empty record with what the visit already says."""
        contents = draft_contents(procedure) if procedure else first_contents(appointment)
        return cls(appointment, contents=contents)

    @classmethod
    def with_another(cls, appointment, data, *, part):
        """What was typed, unchecked, with one more row in `part` where there is room."""
        sent = cls(appointment, data=data)
        contents = {name: [form.typed for form in rows.kept_forms] for name, rows in sent.parts.items()}
        if sent.parts[part].may_grow:
            contents[part].append(next_row(contents[part]))
        typed = {name: sent.record[name].data for name in sent.record.fields}
        longer = cls(appointment, contents=contents | {"record": typed})
        longer.parts[part].focus_last()
        return longer

    @property
    def parts(self):
        return {SITES: self.sites, DRUGS: self.drugs}

    def is_valid(self):
        return all([self.record.is_valid(), self.sites.is_valid(), self.drugs.is_valid()])

    @property
    def has_errors(self):
        return bool(self.record.errors or self.sites.total_error_count() or self.drugs.total_error_count())

    def write(self, *, seen):
        said = self.record.cleaned_data
        return performing.write_draft(
            self.appointment,
            definition=said["definition"],
            practitioner=said["performed_by"],
            note=said["note"],
            sites=self.sites.make_rows(),
            drugs=self.drugs.make_rows(),
            pain=self.record.pain,
            seen=seen,
        )

    def show(self, problems):
        """Put each of performing's problems at its field."""
        for problem in problems:
            form = self._form_of(problem)
            form.add_error(problem.field if problem.field in form.fields else NON_FIELD_ERRORS, problem.sentence)

    def _form_of(self, problem):
        rows = self.parts[problem.part].kept_forms if problem.part in self.parts else []
        matching = (form for form in rows if problem.row is None or form.row == problem.row)
        return next(matching, self.record)


def first_contents(appointment):
    """Side and needle have no default: what nobody looked at must not stand in a record."""
    definition = ProcedureDefinition.objects.filter(visit_type=appointment.visit_type_id, is_active=True).first()
    guidance = definition.guidance if definition else Guidance.LANDMARK
    record = {"definition": definition, "performed_by": appointment.practitioner}
    return {"record": record, SITES: [{"guidance": guidance}]}


def draft_contents(procedure):
    sites = [model_to_dict(site, performing.SITE_FIELDS) for site in procedure.sites.all()]
    drugs = [model_to_dict(drug, performing.DRUG_FIELDS) for drug in procedure.drugs.all()]
    record = {"definition": procedure.definition, "performed_by": procedure.performed_by, "note": procedure.note}
    record |= {"pain_before": procedure.pain_before, "pain_after": procedure.pain_after}
    return {"record": record, SITES: sites or [{"guidance": procedure.definition.guidance}], DRUGS: drugs}


def next_row(rows):
    """Needle and guidance seldom change from one site to the next; lot and volume always must be read anew."""
    above = rows[-1] if rows else {}
    return {name: above[name] for name in ("guidance", "needle_gauge", "needle_length_mm") if name in above}


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
