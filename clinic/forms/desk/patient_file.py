"""What the desk writes into a patient's file, and what it corrects."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.forms.desk.booking import SpokenBirthDateField
from clinic.forms.fields import NameField, ReasonField, TextField
from clinic.lib.texts import without_invisible
from clinic.models import IdentifierKind, PatientDetails, Sex
from clinic.models.patient_details import spoken
from clinic.people import identifiers

NOT_ASKED = [("", _("not asked yet"))]


class LineField(forms.CharField):
    """One line about a patient; may be empty. As long as its column."""

    def __init__(self, *, column, **kwargs):
        field = PatientDetails._meta.get_field(column)
        widget = forms.TextInput(attrs={"autocomplete": "off"})
        usual = {"label": field.verbose_name.capitalize(), "max_length": field.max_length, "widget": widget}
        super().__init__(**usual | {"required": False} | kwargs)

    def to_python(self, value):
        return without_invisible(super().to_python(value)).strip()


class CorrectionForm(forms.Form):
    """A form that was opened while the file said what it said: `seen` is its `corrections.version`."""

    seen = forms.IntegerField(min_value=0, max_value=2**63 - 1, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False  # the page draws the form, with its token and its buttons

    def refuse(self, refusal, *, seen):
        """Show why it was refused; the next answer is about the file as it is now."""
        self.add_error(None, str(refusal))
        self.data = self.data.copy()
        self.data["seen"] = seen


class NameForm(CorrectionForm):
    """Name and birth date, as they ought to be."""

    given_name = NameField(label=_("First name"), autocomplete="off", required=False)
    family_name = NameField(
        label=_("Family name"), autocomplete="off", error_messages={"required": _("Write the family name.")}
    )
    one_name = forms.BooleanField(label=_("There is only one name. It stands under family name."), required=False)
    birth_date = SpokenBirthDateField(
        label=_("Birth date"),
        error_messages={
            "required": _("Ask for the birth date."),
            "invalid": _("This day does not exist. Write it like this: 27.3.1985"),
        },
    )
    reason = ReasonField(help_text=_("For example: married; mistyped on the phone. I saw the passport."))

    @classmethod
    def of(cls, patient, data=None):
        names = ("given_name", "family_name", "birth_date")
        said = {name: getattr(patient, name) for name in names} | {"one_name": not patient.given_name}
        return cls(data, initial=said)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        names = Div("given_name", "family_name", css_class="desk-row")
        self.helper.layout = Layout(names, "one_name", "birth_date", "reason", "seen")

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("given_name") and not cleaned.get("one_name") and not self.has_error("given_name"):
            self.add_error("given_name", _("Write the first name. Is there only one name? Tick the box below."))
        return cleaned

    @property
    def values(self):
        return {name: self.cleaned_data[name] for name in ("given_name", "family_name", "birth_date")}


class PatientFileForm(CorrectionForm):
    """All else that a file holds. Nothing of it is needed."""

    ON_PATIENT = ("sex", "must_know")
    ON_DETAILS = ("language", "needs_interpreter", "address", "insurer", "insurance_number", "gp", "gp_phone")
    ON_DETAILS += ("kin", "kin_phone", "desk_notes")

    must_know = LineField(
        column="kin",
        label=_("What everybody must know"),
        max_length=200,
        help_text=_(
            "For example: deaf in the left ear. Colleagues see it on the board, at the visit and on the record."
        ),
    )
    sex = forms.ChoiceField(
        label=_("Sex"),
        choices=[*NOT_ASKED, *Sex.choices],
        required=False,
        help_text=_("For the questions that depend on it: nobody asks a man whether he is pregnant."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=lambda: [*NOT_ASKED, *spoken()], required=False)
    needs_interpreter = forms.BooleanField(label=_("Needs an interpreter"), required=False)
    identifier_kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("none")), *IdentifierKind.choices], required=False
    )
    identifier_number = LineField(
        column="kin",
        label=_("Number"),
        max_length=40,
        help_text=_("Kept encrypted. The search finds the patient by the whole number."),
    )
    insurer = LineField(column="insurer")
    insurance_number = LineField(column="insurance_number")
    gp = LineField(column="gp", help_text=_("Name, and where."))
    gp_phone = LineField(column="gp_phone", label=_("Phone"))
    kin = LineField(column="kin", help_text=_("Name, and who it is: Jonas, the husband. It gives nobody access."))
    kin_phone = LineField(column="kin_phone", label=_("Phone"))
    address = TextField(label=_("Address"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    desk_notes = TextField(
        label=_("Notes for the desk"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Nothing about health. The patient may ask to read it."),
    )

    @classmethod
    def of(cls, patient, data=None):
        details = PatientDetails.objects.filter(patient=patient).first() or PatientDetails(patient=patient)
        said = {name: getattr(patient, name) for name in cls.ON_PATIENT}
        said |= {name: getattr(details, name) for name in cls.ON_DETAILS}
        number = identifiers.number_of(details)
        form = cls(data, initial=said | {"identifier_kind": details.identifier_kind, "identifier_number": number})
        form.is_number_unreadable = number is None
        return form

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_number_unreadable = False
        self.helper.layout = Layout(
            Fieldset(_("For every colleague"), "must_know", "sex", _row("language", "needs_interpreter")),
            Fieldset(_("Document"), _row("identifier_kind", "identifier_number")),
            Fieldset(_("Insurance"), _row("insurer", "insurance_number")),
            Fieldset(_("Whom to call"), _row("kin", "kin_phone"), _row("gp", "gp_phone")),
            Fieldset(_("For the desk"), "address", "desk_notes"),
            "seen",
        )

    def clean(self):
        cleaned = super().clean()
        number, kind = cleaned.get("identifier_number"), cleaned.get("identifier_kind")
        if number and not kind:
            self.add_error("identifier_kind", _("Choose on which document the number stands."))
        if kind and not number and not self.is_number_unreadable:
            self.add_error("identifier_number", _("Write the number, or choose “none”."))
        if number and not identifiers.plain_number(number):
            self.add_error("identifier_number", _("Write the number with figures or letters."))
        return cleaned

    @property
    def values(self):
        data = self.cleaned_data
        values = {name: data[name] for name in (*self.ON_PATIENT, *self.ON_DETAILS)}
        if self.is_number_unreadable and not data["identifier_number"]:
            return values  # nobody can read it now; the key may come back
        return values | {"identifier": (data["identifier_kind"], data["identifier_number"])}


def _row(*names):
    return Div(*names, css_class="desk-row")


class DeathForm(CorrectionForm):
    """The day on which a patient died."""

    died_on = SpokenBirthDateField(
        label=_("Day of death"),
        help_text=_("For example 27.3.2026"),
        error_messages={
            "required": _("Write the day. If nobody knows it, write the day on which you heard of it."),
            "invalid": _("This day does not exist. Write it like this: 27.3.2026"),
            "far": _("Please check the year."),
        },
    )
    reason = ReasonField(
        label=_("From whom do you know it?"),
        error_messages={"required": _("Write from whom you know it.")},
        help_text=_("For example: her daughter, on the phone; the hospital's letter."),
    )

    @classmethod
    def of(cls, patient, data=None):
        form = cls(data, initial={"died_on": patient.died_on})
        form.born_on = patient.birth_date
        return form

    def clean_died_on(self):
        if self.cleaned_data["died_on"] < self.born_on:
            raise forms.ValidationError(_("This day is before the birth date."))
        return self.cleaned_data["died_on"]

    @property
    def values(self):
        return {"died_on": self.cleaned_data["died_on"]}


class LivesForm(CorrectionForm):
    """A day of death that was a mistake."""

    reason = ReasonField(label=_("How do you know that the patient lives?"))

    @classmethod
    def of(cls, patient, data=None):
        return cls(data)

    @property
    def values(self):
        return {"died_on": None}
