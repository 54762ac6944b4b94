"""What the desk says when it gives somebody access to a patient, or takes it back."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.forms.fields import EmailField, NameField, PhoneField, VisibleTextField, not_far_away
from clinic.models import AccessProof, AccessRelation
from clinic.people.access import Right

R, P = AccessRelation, AccessProof
SEEN = [P.DOCUMENT, P.PAPERS, P.KNOWN]  # a colleague saw the person


class GrantForm(forms.Form):
    """Who gets access, what they are to the patient, and how that was proved."""

    holder = NameField(
        label=_("Who is it?"),
        help_text=_("First name and family name of the person before you."),
        error_messages={"required": _("Write whom you give access to.")},
    )
    email = EmailField(
        label=_("With which e-mail address do they sign in?"),
        help_text=_("Let the person write it or read it to you. Codes to sign in go there."),
    )
    phone = PhoneField(
        label=_("Or with which mobile phone?"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "type": "tel", "inputmode": "tel"}),
    )
    relation = forms.ChoiceField(
        label=_("They are"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what they are to the patient.")},
    )
    proof = forms.ChoiceField(
        label=_("How do you know that it is right?"),
        choices=[(one.value, one.label) for one in SEEN],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how you know that it is right.")},
    )
    until_on = forms.DateField(
        label=_("Last day, if it is for some time only"),
        required=False,
        validators=[not_far_away],
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, *args, patient, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.patient, self.by = patient, by
        is_child = patient.is_child(timezone.localdate())
        relations = [R.SELF, R.GUARDIAN] if is_child else [R.SELF, R.LEGAL, R.HELPER]
        self.fields["relation"].choices = [(one.value, one.label) for one in relations]
        self.helper = FormHelper()
        self.helper.form_tag = False  # the page draws the form, with its token and its buttons
        self.helper.layout = Layout(
            "holder", Div("email", "phone", css_class="desk-row"), "relation", "proof", "until_on"
        )

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if email and email == (self.by.email or "").lower():
            raise forms.ValidationError(_("This is your own account. Ask a colleague to give it to you."))
        return email

    def clean_until_on(self):
        day = self.cleaned_data["until_on"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("This day has passed."))
        return day

    def clean(self):
        cleaned = super().clean()
        ways = [way for way in ("email", "phone") if cleaned.get(way) or self.has_error(way)]
        if len(ways) != 1:
            self.add_error("email", _("Write one: the e-mail address or the mobile phone with which they sign in."))
        if cleaned.get("relation") == R.LEGAL and cleaned.get("proof") not in (None, P.PAPERS):
            self.add_error("proof", _("For a legal representative you have to see the papers."))
        return cleaned

    @property
    def right(self):
        given = {name: self.cleaned_data[name] for name in ("holder", "relation", "proof", "until_on")}
        email, phone = self.cleaned_data["email"], str(self.cleaned_data["phone"] or "")
        return Right("email" if email else "phone", email or phone, self.patient, **given)


class EndForm(forms.Form):
    """Why somebody may no longer act for a patient."""

    note = VisibleTextField(
        label=_("Why is it taken back?"),
        help_text=_("For the clinic only. For example: she asked for it, at the desk."),
        max_length=200,
        widget=forms.TextInput(),
        error_messages={"required": _("Write why it is taken back, in a few words.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
