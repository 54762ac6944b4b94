"""The safety questions on one page, answered at home or read aloud."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models import BodyMeasurement
from procedures.forms.fields import MultilineField
from procedures.forms.shared.allergies import REACTIONS, substances_of
from procedures.models import AllergySeverity, Answer, ScreeningAnswer, ScreeningQuestion
from procedures.screening import safety_questions

MAX_MORE = ScreeningAnswer._meta.get_field("detail").max_length


class NumberField(forms.DecimalField):
    """A number as people write it: a comma counts as a point, and the unit may follow it."""

    def __init__(self, *, unit, **kwargs):
        super().__init__(required=False, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)
        self.unit = unit
        self.widget.attrs["class"] = "input-short"

    def to_python(self, value):
        text = str(value or "").lower().replace(",", ".").replace(self.unit, "").strip()
        return super().to_python(text)


class ScreeningForm(forms.Form):
    """Every question with yes, no, I do not know, and room for a comment; nothing is preselected."""

    weight_kg = NumberField(
        unit="kg",
        label=_("Your weight in kilograms"),
        min_value=Decimal(20),
        max_value=Decimal(250),
        max_digits=4,
        decimal_places=1,
        error_messages=dict.fromkeys(
            ["invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits"],
            _("Write your weight in kilograms, from 20 to 250. For example: 72"),
        ),
    )
    height_cm = NumberField(
        unit="cm",
        label=_("Your height in centimetres"),
        min_value=80,
        max_value=230,
        decimal_places=0,
        error_messages=dict.fromkeys(
            ["invalid", "min_value", "max_value", "max_decimal_places"],
            _("Write your height in centimetres, from 80 to 230. For example: 168"),
        ),
    )

    def __init__(self, *args, patient, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = list(ScreeningQuestion.objects.asked_of(patient))
        self.substances = {}
        for question in self.questions:
            self.fields[f"{question.pk}-answer"] = _answer_field(question)
            if question.ask_more:
                self.fields[f"{question.pk}-more"] = _more_field(question)
            if question.allergy_list:
                self.substances |= substances_of(question.allergy_list)
                self.fields |= _allergy_fields(question)
        if all(question.pk != safety_questions.BODY_SIZE for question in self.questions):
            del self.fields["weight_kg"], self.fields["height_cm"]
        self.order_fields([name for question in self.questions for name in self._names(question)])

    def rows(self):
        """Each question with its fields, for the page."""
        for question in self.questions:
            answer, *more = (self[name] for name in self._names(question))
            yield {
                "question": question,
                "answer": answer,
                "more": more,
                "is_size": question.pk == safety_questions.BODY_SIZE,
            }

    def clean(self):
        cleaned = super().clean()
        answered_yes = cleaned.get(f"{safety_questions.BODY_SIZE}-answer") == Answer.YES
        if answered_yes and cleaned.get("weight_kg") is None and not self.has_error("weight_kg"):
            self.add_error("weight_kg", _("Write your weight, or choose “I do not know”."))
        return cleaned

    @property
    def answers(self):
        """Of a valid form: of every question."""
        return self.answers_so_far

    @property
    def answers_so_far(self):
        """Of the questions that have an answer, whatever is missing or wrong elsewhere."""
        entered = self.cleaned_data
        return {
            question.pk: safety_questions.GivenAnswer(
                answer, entered.get(f"{question.pk}-more", ""), **self._allergies_of(question)
            )
            for question in self.questions
            if (answer := entered.get(f"{question.pk}-answer"))
        }

    def _allergies_of(self, question):
        """What of the catalogue an answer names, and how bad it was."""
        named = self.cleaned_data.get(f"{question.pk}-to") or []
        severity = self.cleaned_data.get(f"{question.pk}-severity") or AllergySeverity.UNKNOWN
        return {"substances": tuple(self.substances[key] for key in named), "severity": severity} if named else {}

    @property
    def is_worrying(self):
        """It was sent, and a physician has to look at one of the answers."""
        given = self.answers_so_far if self.is_bound and hasattr(self, "cleaned_data") else {}
        return any(
            given[question.pk].answer in (question.amber_answer, Answer.UNKNOWN)
            for question in self.questions
            if question.pk in given
        )

    @property
    def measured(self):
        """An unsaved BodyMeasurement if a weight was entered, else None."""
        entered = self.cleaned_data
        if entered.get(f"{safety_questions.BODY_SIZE}-answer") != Answer.YES:
            return None
        return BodyMeasurement(weight_kg=entered["weight_kg"], height_cm=entered["height_cm"])

    @staticmethod
    def _names(question):
        names = [f"{question.pk}-answer"]
        if question.ask_more:
            names.append(f"{question.pk}-more")
        if question.allergy_list:
            names += [f"{question.pk}-to", f"{question.pk}-severity"]
        if question.pk == safety_questions.BODY_SIZE:
            names += ["weight_kg", "height_cm"]
        return names


def _answer_field(question):
    return forms.ChoiceField(
        label=question.text,
        help_text=question.help_text,
        choices=Answer,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(["required", "invalid_choice"], _("Choose yes, no or “I do not know”.")),
    )


def _more_field(question):
    return MultilineField(rows=2, label=question.ask_more, required=False, max_length=MAX_MORE)


def _allergy_fields(question):
    choices = [(key, row.name) for key, row in substances_of(question.allergy_list).items()]
    boxes = {"required": False, "widget": forms.CheckboxSelectMultiple, "choices": choices}
    radios = {"required": False, "widget": forms.RadioSelect, "choices": REACTIONS}
    return {
        f"{question.pk}-to": forms.MultipleChoiceField(label=_("Was it one of these?"), **boxes),
        f"{question.pk}-severity": forms.ChoiceField(label=_("How bad was it?"), **radios),
    }
