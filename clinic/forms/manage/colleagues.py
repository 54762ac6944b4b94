"""What the manager enters about those who work here."""

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.forms.fields import EmailField, NameField, VisibleTextField
from clinic.lib import civil_time
from clinic.models import Practitioner, Role
from clinic.people.invitations import Colleague

CHOOSE_A_ROLE = {"required": _("Choose as what this person works here."), "invalid_choice": _("Choose one of them.")}


class PlainForm(forms.Form):
    """The page draws the form, with its token and its buttons."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


def _role(**kwargs):
    return forms.ChoiceField(
        label=_("Works as"), choices=Role.choices, widget=forms.RadioSelect, error_messages=CHOOSE_A_ROLE, **kwargs
    )


class InvitationForm(PlainForm):
    name = NameField(
        label=_("Name"),
        max_length=150,
        help_text=_("As patients read it. For example: Dr Nora Lindt."),
        error_messages={"required": _("Write the name.")},
    )
    email = EmailField(
        label=_("E-mail address"),
        required=True,
        help_text=_("The person's own address at work: the link goes there."),
        error_messages={"required": _("Write the e-mail address.")},
    )
    role = _role()
    practitioner = forms.ModelChoiceField(
        Practitioner.objects.none(),
        label=_("Known to patients as"),
        required=False,
        empty_label=_("somebody new"),
        help_text=_("For who treats patients and stands on the page of people already."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["practitioner"].queryset = Practitioner.objects.filter(user=None)

    def clean(self):
        cleaned = super().clean()
        person = cleaned.get("practitioner")
        if person and cleaned.get("role") and person.role != cleaned["role"]:
            self.add_error("practitioner", _("This person works as something else. Choose the same as above."))
        return cleaned

    @property
    def colleague(self):
        return Colleague(**{**self.cleaned_data, "email": self.cleaned_data["email"].lower()})


class NewRoleForm(PlainForm):
    role = _role()

    def __init__(self, *args, held, **kwargs):
        """`held`: what this person works as already."""
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(code, label) for code, label in Role.choices if code not in held]


class ColleagueNameForm(PlainForm):
    name = NameField(label=_("Name"), max_length=150, error_messages={"required": _("Write the name.")})


class EndForm(PlainForm):
    """When somebody stops working here, and why."""

    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Empty: it ends now, with everything that is open on a screen."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
    )
    why = VisibleTextField(
        label=_("Why"),
        help_text=_("For the clinic only. For example: moves to another town."),
        max_length=300,
        widget=forms.TextInput(),
        error_messages={"required": _("Write why, in a few words.")},
    )

    def clean_last_day(self):
        day = self.cleaned_data["last_day"]
        if day and not 0 <= (day - timezone.localdate()).days <= 366:
            raise ValidationError(_("Choose today, or a day within a year from now."))
        return day

    @property
    def until(self):
        """The end of the last day, by the clinic's clock; None: at once."""
        day = self.cleaned_data["last_day"]
        return civil_time.whole_day(day)[1] if day else None
