"""What a record has once: how it went, the answers to warnings, who did what."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.forms.fields import TextField
from clinic.models import Practitioner, PractitionerRole
from procedures.forms.practice.record_fields import PillsField, field_of, refuse_unseen, sentences
from procedures.forms.practice.record_rows import RowForm, RowFormSet, formset_of
from procedures.models import Complication, ComplicationKind, PainMoment, PainScore, Procedure, ProcedureDefinition
from procedures.records import signing

YES, NO = "yes", "no"
WRONG_COUNT = _("Write a whole number from 0 to 60.")
ZERO_TO_TEN = [(number, str(number)) for number in range(11)]


def scale(label):
    return field_of(
        PainScore,
        "score",
        label=label,
        required=False,
        widget=forms.RadioSelect(choices=ZERO_TO_TEN),
        error_messages=sentences(wrong=_("Choose a number from 0 to 10.")),
    )


def count(name, *, label, wrong):
    widget = forms.NumberInput(attrs={"inputmode": "numeric"})
    return field_of(Procedure, name, label=label, widget=widget, error_messages=sentences(wrong=wrong))


def reason(name, label):
    return field_of(Procedure, name, label=label, widget=forms.Textarea(attrs={"rows": 2}))


class RecordForm(forms.Form):
    pain_before = scale(_("Pain before"))
    pain_after = scale(_("Pain 10 minutes after"))
    needles_in = count("needles_in", label=_("Needles used"), wrong=WRONG_COUNT)
    needles_out = count("needles_out", label=_("Needles counted after"), wrong=WRONG_COUNT)
    observation_minutes = count(
        "observation_minutes", label=_("Watched for (minutes)"), wrong=_("Write the minutes, from 0 to 480.")
    )
    had_complications = PillsField(
        label=_("Did anything go wrong?"), choices=[(NO, _("No")), (YES, _("Yes"))], required=False
    )
    note = field_of(Procedure, "note", form_class=TextField, label=_("Note, only for physicians"))
    two_anaesthetics_reason = reason("two_anaesthetics_reason", _("Why two local anaesthetics"))
    steroid_reason = reason("steroid_reason", _("Why so much steroid"))
    volume_reason = reason("volume_reason", _("Why this volume"))
    both_sides_reason = reason("both_sides_reason", _("Why both sides of the chest"))
    geometry_reason = reason("geometry_reason", _("Why so deep, or twice in one muscle"))
    earlier_complications_reason = reason(
        "earlier_complications_reason", _("What you do about the complication of an earlier visit")
    )
    alerts_reason = reason("alerts_reason", _("Why in spite of the warnings"))
    no_consent_reason = reason("no_consent_reason", _("Why without signed consent"))
    repeat_reason = reason("repeat_reason", _("Why again so soon"))
    weight_reason = reason("weight_reason", _("Why this weight is right"))
    same_person_reason = reason("same_person_reason", _("How you know that they are two people"))
    differs_reason = reason("differs_reason", _("Why it differs from the plan"))
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

    def __init__(self, *args, appointment, **kwargs):
        super().__init__(*args, **kwargs)
        own = Q(procedure__appointment=appointment)
        physicians = Practitioner.objects.filter(Q(is_active=True) | Q(procedures__appointment=appointment))
        self.fields["performed_by"].queryset = physicians.filter(role=PractitionerRole.PHYSICIAN).distinct()
        self.fields["definition"].queryset = ProcedureDefinition.objects.filter(Q(is_active=True) | own).distinct()
        self.fields["note"].widget.attrs["rows"] = 3
        self.raised = {}

    def clean_had_complications(self):
        return {YES: True, NO: False}.get(self.cleaned_data["had_complications"])

    @property
    def questions(self):
        """The answers that a warning requires or that were given already, each with its question."""
        return [
            {"field": self[name], "asked": [] if self.errors.get(name) else self.raised.get(name, [])}
            for name in signing.REASON_FIELDS
            if name in self.raised or self.errors.get(name) or self[name].value()
        ]

    @property
    def asks_who(self):
        """Procedure and physician come from the visit; the form asks only for those that do not."""
        return any(self.errors.get(name) or not self[name].value() for name in ("definition", "performed_by"))

    @property
    def once(self):
        """For `signing.Entered`."""
        return {name: value for name, value in self.cleaned_data.items() if name in signing.ONCE_FIELDS}

    @property
    def pain(self):
        return {
            PainMoment.BEFORE: self.cleaned_data["pain_before"],
            PainMoment.AFTER: self.cleaned_data["pain_after"],
        }


def once_contents(procedure):
    """The initial values of what a draft has once."""
    names = ["definition", "performed_by", "note", *signing.REASON_FIELDS]
    names += ["observation_minutes", "needles_in", "needles_out", "pain_before", "pain_after"]
    went_wrong = {True: YES, False: NO, None: ""}[procedure.had_complications]
    return {name: getattr(procedure, name) for name in names} | {"had_complications": went_wrong}


class ComplicationForm(RowForm):
    kind = forms.ChoiceField(
        label=_("What happened"),
        choices=[("", ""), *ComplicationKind.choices],
        error_messages={"required": _("Choose what happened.")},
    )
    what_was_done = field_of(
        Complication,
        "what_was_done",
        label=_("What was done"),
        error_messages={"required": _("Write what was done.")},
    )

    def clean_what_was_done(self):
        return refuse_unseen(self, "what_was_done")

    def make_row(self):
        self.row = Complication(**self.contents)
        return self.row


class ComplicationRows(RowFormSet):
    default_error_messages = {"too_many_forms": _("One record holds 5 complications at most.")}

    @property
    def has_contents(self):
        return any(form["kind"].value() or form["what_was_done"].value() or form.errors for form in self.kept_forms)


ComplicationFormSet = formset_of(ComplicationForm, ComplicationRows, most=5)
