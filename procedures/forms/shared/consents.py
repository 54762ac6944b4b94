"""The patient's name and agreement below the text of a consent."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from procedures.consent import signers
from procedures.models import Consent, ConsentReply, SignedAs

SOMEBODY_ELSE = "else"


class ConsentForm(forms.Form):
    """`patient` and `seen` say whose consent text the page showed, and which version.

    Who signs is asked for a child, and where another name than the patient's was written.
    """

    patient = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    agreed = forms.BooleanField(
        label=_("I have read this. I could ask my questions. I say yes."),
        error_messages={"required": _("Tick this if you say yes. If you are not sure, ask us first.")},
    )
    name = forms.CharField(
        label=_("Your full name"),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        max_length=Consent._meta.get_field("signed_name").max_length,
        help_text=_("Write your first name and your family name. This is how you sign."),
        error_messages={"required": _("Write your first name and your family name.")},
    )
    signed_as = forms.ChoiceField(label=_("Who are you?"), widget=forms.RadioSelect, required=False)
    interpreter = forms.CharField(
        label=_("Did somebody translate this for you? Write who."),
        max_length=Consent._meta.get_field("interpreter").max_length,
        required=False,
        help_text=_("Leave it empty if not."),
    )

    def __init__(self, *args, of, **kwargs):
        super().__init__(*args, **kwargs)
        self.of = of
        self.fields["signed_as"].choices = _who_may_sign(of)
        for name in ("name", "interpreter"):
            self.fields[name].widget.attrs["class"] = "form-control"
        self.fields["agreed"].widget.attrs["class"] = "form-check-input"

    @property
    def asks_who(self):
        """For a child always; for others once another name than theirs was written."""
        return signers.must_say_who(self["name"].value() or str(self.of), self.of, at=timezone.now())


def _who_may_sign(patient):
    legal = (SignedAs.LEGAL, gettext("I decide for %(patient)s by law, and I have the papers") % {"patient": patient})
    other = (SOMEBODY_ELSE, gettext("I am somebody else: family, a friend, a helper"))
    if patient.is_child(timezone.localdate()):
        own = (SignedAs.GUARDIAN, gettext("I am a parent or guardian of %(patient)s") % {"patient": patient})
    else:
        sentence = gettext("I am %(patient)s. My name is written in another way here.")
        own = (SignedAs.PATIENT, sentence % {"patient": patient})
    return [own, legal, other]


class QuestionForm(forms.Form):
    """What the patient wants to know first; `patient` says whose page it was."""

    patient = forms.IntegerField(widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("Your question"),
        widget=forms.Textarea(attrs={"rows": 4, "class": "form-control"}),
        max_length=ConsentReply._meta.get_field("words").max_length,
        error_messages={"required": _("Write what you want to ask.")},
    )


class ShownForm(forms.Form):
    """Whose consent, and which one, was on the page when the button was pressed."""

    patient = forms.IntegerField()
    consent = forms.IntegerField()
