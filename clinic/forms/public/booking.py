from datetime import date

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from clinic.forms.fields import BirthDateField, EmailField, NameField, PhoneField, TextField
from clinic.forms.shared.newcomers import AboutNewcomer
from clinic.lib import mail_domains
from clinic.messaging.channels import registry
from clinic.models import MessageChannel, Patient, Practitioner
from clinic.people import namesakes


class HoldForm(forms.Form):
    """What the button of an open time sends."""

    practitioner = forms.ModelChoiceField(Practitioner.objects.active())
    starts_at = forms.DateTimeField()
    request_token = forms.CharField(max_length=64)

    def clean_starts_at(self):
        """With its offset, as `times.json` gives it; a naive one means clinic time."""
        return self.cleaned_data["starts_at"]


class FamilyForm(forms.Form):
    """Which of the patients that a signed-in person may act for the visit is for."""

    SOMEBODY_ELSE = "new"
    email_meant = ""

    patient = forms.ChoiceField(
        label=_("Who is the visit for?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who the visit is for.")},
    )

    def __init__(self, *args, patients, **kwargs):
        super().__init__(*args, **kwargs)
        self.patients = {str(patient.pk): patient for patient in namesakes.tell_apart(patients)}
        choices = [(key, patient.label) for key, patient in self.patients.items()]
        self.fields["patient"].choices = [*choices, (self.SOMEBODY_ELSE, _("Somebody else"))]
        self.helper = _helper()

    @property
    def chosen_patient(self):
        return self.patients.get(self.cleaned_data["patient"])


class NewcomerForm(AboutNewcomer, forms.Form):
    """Who somebody says they are. It adds a person; it never finds or changes one."""

    given_name = NameField(label=_("First name"), autocomplete="given-name", required=False)
    family_name = NameField(
        label=_("Family name"), autocomplete="family-name", error_messages={"required": _("Write the family name.")}
    )
    one_name = forms.BooleanField(label=_("There is only one name. It stands under family name."), required=False)
    birth_date = BirthDateField(
        label=_("Birth date"),
        help_text=_("Day, month, year. For example: 27\u00a03\u00a01985"),
        error_messages={"required": _("Write the birth date."), "incomplete": _("Write day, month and year.")},
    )
    guardian = NameField(
        label=_("Parent or guardian of the child"), help_text=_("First name and family name"), required=False
    )
    email = EmailField(
        label=_("E-mail"),
        help_text=_("We send a code here, to see that we can reach you."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = PhoneField(
        label=_("Phone"),
        help_text=_("With an e-mail or a phone we can reach you. One is enough."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel", "inputmode": "tel"}),
    )
    reason = TextField(
        label=_("What brings you to us?"),
        required=False,
        max_length=500,
        help_text=_("You need not answer. A few words help the doctor."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    nameless = ("given_name", _("Write the first name. Is there only one name? Tick the box below."))
    unreachable = ("email", _("Write an e-mail or a phone number, so that we can reach you."))

    @classmethod
    def of(cls, *, data, initial):
        """With what is sent now, or with what was typed before (as it was sent then)."""
        parts = [initial.get(f"birth_date_{part}", "") for part in ("day", "month", "year")]
        return cls(data, initial=initial | {"birth_date": parts})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not registry.is_set_up(MessageChannel.EMAIL):
            self.fields["email"].help_text = ""  # nothing is promised that cannot be sent
        self.helper = _helper()
        about = ["given_name", "family_name", "one_name", "birth_date", *["guardian"] * self.is_of_child]
        self.helper.layout = Layout(
            Fieldset(_("Name and birth date"), *about),
            Fieldset(_("How can we reach you?"), "email", "phone"),
            "reason",
        )

    @property
    def answers(self):
        """The answers, for the page that asks to check them."""
        shown = {**self.cleaned_data, "birth_date": date_format(self.cleaned_data["birth_date"], "j F Y")}
        first_box = {"birth_date": "id_birth_date_0"}
        meant = {"email": self.email_meant}
        return [
            {
                "label": field.label,
                "value": shown[field.name],
                "id": first_box.get(field.name, field.auto_id),
                "meant": meant.get(field.name, ""),
            }
            for field in self
            if field.name != "one_name"
        ]

    @property
    def email_meant(self):
        """What was probably meant by a mistyped e-mail address; "" when it looks right."""
        return mail_domains.meant(self.cleaned_data["email"])

    def newcomer(self, *, account):
        is_for_self = account is not None and not Patient.objects.acted_for_by(account).exists()
        return super().newcomer(account=account, is_for_self=is_for_self)


def _helper():
    helper = FormHelper()
    helper.form_tag = False  # the page draws the form, with its token and its one button
    return helper


class TimesForm(forms.Form):
    """Which open times to show. Values that make no sense show the next ones."""

    practitioner = forms.TypedChoiceField(coerce=int, empty_value=None, required=False, label=_("With"))

    def __init__(self, *args, people, **kwargs):
        """`people` are `timetable.Person`s, those who may be chosen."""
        super().__init__(*args, **kwargs)
        names = [(person.pk, person.name) for person in people]
        self.fields["practitioner"].choices = [("", _("Anybody")), *names]
        self.fields["practitioner"].widget.attrs = {"class": "form-select", "data-autosubmit": ""}


class TimesQueryForm(forms.Form):
    """The query of `times.json`. `from` is a Python word, so the field is added by name."""

    visit_type = forms.SlugField()
    vars()["from"] = forms.DateField(input_formats=["%Y-%m-%d"])
    days = forms.IntegerField(min_value=1, max_value=62)
    practitioner = forms.IntegerField(required=False, min_value=1)
    limit = forms.IntegerField(required=False, min_value=1)

    def clean(self):
        cleaned = super().clean()
        first = cleaned.get("from")
        if first and not date(2000, 1, 1) <= first <= date(timezone.localdate().year + 3, 12, 31):
            self.add_error("from", _("This day is too far away."))
        return cleaned
