"""How the patient is, one symptom after the other."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from aftercare.models import SymptomCheck
from aftercare.symptoms import answers
from clinic.forms.fields import VisibleTextField
from clinic.lib.texts import with_unix_line_endings, without_nul

OWN_WORDS = SymptomCheck._meta.get_field("own_words").max_length
CHOOSE = _("Choose the answer that fits.")


class SymptomForm(forms.Form):
    """A choice of plain sentences for each symptom; nothing is preselected.

    One answer that worries is enough, whatever else is missing or wrong; when all is well, all is asked for. `adds_to`
    are earlier answers (a SymptomCheck) whose missing questions these are: of them any may be left out.
    """

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

    def __init__(self, *args, questions, adds_to=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions, self.adds_to = questions, adds_to
        for question in questions:
            self.fields[question.pk] = forms.ChoiceField(
                label=question.question,
                choices=answers.choices_of(question),
                widget=forms.RadioSelect,
                required=False,
                error_messages={"invalid_choice": CHOOSE},
            )
        self.order_fields([question.pk for question in questions])

    def clean(self):
        cleaned = super().clean()
        if self._told(cleaned.get("own_words", "")).is_worrying:
            self._keep_what_came()
        elif not (self.adds_to and self.levels):
            self._ask_for_the_rest()
        return self.cleaned_data

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
        """The level of each question that has an answer."""
        chosen = {question.pk: self.cleaned_data.get(question.pk) for question in self.questions}
        return {key: level for key, level in chosen.items() if level}

    def told(self, *, care_check=None):
        """What a valid form says, for `answers.submit`."""
        token = self.cleaned_data["request_token"]
        return self._told(self.cleaned_data["own_words"], care_check=care_check, request_token=token)

    def _told(self, own_words, **more):
        return answers.Told(self.levels, own_words, adds_to=self.adds_to, **more)

    def _keep_what_came(self):
        """Nobody who is unwell is sent back to a form: what cannot be read is left out, words too long are cut."""
        self.errors.clear()
        words = without_nul(with_unix_line_endings(self.data.get("own_words", ""))).strip()
        fits = len(words) <= OWN_WORDS
        self.cleaned_data.setdefault("own_words", words if fits else f"{words[: OWN_WORDS - 1]}…")
        self.cleaned_data.setdefault("request_token", "")

    def _ask_for_the_rest(self):
        if not self.errors and not self.levels:
            self.add_error(None, answers.NOTHING_TOLD)
        elif self.levels:
            for question in self.questions:
                if question.pk not in self.levels and not self.has_error(question.pk):
                    self.add_error(question.pk, CHOOSE)
