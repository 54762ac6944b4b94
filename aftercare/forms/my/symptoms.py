"""How the patient is, one symptom after the other."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from aftercare.models import Asks, SymptomCheck
from aftercare.symptoms import answers
from clinic.forms.fields import VisibleTextField

OWN_WORDS = SymptomCheck._meta.get_field("own_words").max_length


class SymptomForm(forms.Form):
    """A choice of plain sentences for each symptom; nothing is preselected."""

    own_words = VisibleTextField(
        label=_("Does anything else worry you?"),
        help_text=_("If you write something here, we read it and call you."),
        max_length=OWN_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
    )
    request_token = forms.CharField(
        max_length=40, required=False, widget=forms.HiddenInput, initial=lambda: uuid4().hex
    )

    def __init__(self, *args, plan, asks=Asks.HOW_ARE_YOU, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = answers.questions_for(plan, asks=asks)
        for question in self.questions:
            self.fields[question.pk] = forms.ChoiceField(
                label=question.question,
                choices=answers.choices_of(question),
                widget=forms.RadioSelect,
                error_messages=dict.fromkeys(["required", "invalid_choice"], _("Choose the answer that fits.")),
            )
        self.order_fields([question.pk for question in self.questions])

    def symptoms(self):
        """The fields of the questions, for the page."""
        return [self[question.pk] for question in self.questions]

    @property
    def so_far(self):
        """What was chosen and written before sending, as initial values of this page."""
        names = [name for name in self.fields if name != "request_token" and self.data.get(name)]
        return {name: self.data[name][:OWN_WORDS] for name in names}

    @property
    def levels(self):
        return {question.pk: self.cleaned_data[question.pk] for question in self.questions}
