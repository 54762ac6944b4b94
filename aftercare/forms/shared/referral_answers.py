"""The answer of a patient who does not book physiotherapy here."""

from django import forms
from django.utils.translation import gettext_lazy as _

from aftercare.models import ReferralAnswer, ServiceRequest
from clinic.forms.fields import VisibleTextField

MOST = ServiceRequest._meta.get_field("answer_note").max_length


def _words(label):
    return VisibleTextField(label=label, required=False, max_length=MOST, widget=forms.Textarea(attrs={"rows": 2}))


class AnswerForm(forms.Form):
    """Another place with its day, or no physiotherapy at all. The first and last possible day come from the act."""

    answer = forms.ChoiceField(
        label=_("What will you do?"),
        choices=[
            (ReferralAnswer.ELSEWHERE, _("I go to a physiotherapist somewhere else")),
            (ReferralAnswer.DECLINED, _("I do not want physiotherapy")),
        ],
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(["required", "invalid_choice"], _("Choose one of the two.")),
    )
    elsewhere_on = forms.DateField(
        label=_("On which day?"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "form-control"}),
        error_messages={"invalid": _("Choose a day from the calendar.")},
    )
    where = _words(_("Where?"))
    why = _words(_("Why not?"))

    def __init__(self, *args, is_own=True, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("where", "why"):
            self.fields[name].widget.attrs["class"] = "form-control"
        if not is_own:
            self.fields["answer"].label = _("What does the patient say?")
            self.fields["answer"].choices = [
                (ReferralAnswer.ELSEWHERE, _("Goes to a physiotherapist somewhere else")),
                (ReferralAnswer.DECLINED, _("Does not want physiotherapy")),
            ]

    def clean(self):
        cleaned = super().clean()
        is_elsewhere = cleaned.get("answer") == ReferralAnswer.ELSEWHERE
        if is_elsewhere and cleaned.get("elsewhere_on") is None and not self.has_error("elsewhere_on"):
            self.add_error("elsewhere_on", _("Choose the day of your visit there."))
        return cleaned
