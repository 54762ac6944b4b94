"""The forms of dose limits: one proposes a version, another physician signs it."""

from decimal import Decimal

from crispy_forms.layout import Div
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.lib.texts import has_visible_text
from procedures.dosing import limits
from procedures.dosing.limits import LimitKey
from procedures.forms.practice.doses import plain
from procedures.forms.practice.record_fields import LocalisedDecimalField, field_of, helper_for, sentences
from procedures.models import DoseLimit, DosePeriod, Drug


class SignLimitForm(forms.Form):
    """Nothing to fill in but a tick, where the limit changes by more than a tenth."""

    has_compared = forms.BooleanField(
        label=gettext_lazy("I have read what it would have changed in the records of the last year."),
        error_messages={"required": gettext_lazy("Read what it would have changed, and tick this.")},
    )
    helper = helper_for("has_compared")

    def __init__(self, *args, is_big, **kwargs):
        super().__init__(*args, **kwargs)
        if not is_big:
            del self.fields["has_compared"]


WRONG_LIMIT = sentences(wrong=gettext_lazy("Write a number above 0, with at most two decimals."))


class LimitForm(forms.ModelForm):
    """A new version of a limit; it applies only once a physician has signed it."""

    mg_per_kg = field_of(
        DoseLimit, "mg_per_kg", form_class=LocalisedDecimalField, min_value=Decimal("0.01"), required=False
    )
    max_mg = field_of(DoseLimit, "max_mg", form_class=LocalisedDecimalField, min_value=Decimal("0.01"), required=False)

    helper = helper_for(
        Div("profile", "drug", css_class="form-row-fields"),
        Div("with_adrenaline"),
        Div("period", "mg_per_kg", "max_mg", css_class="form-row-fields"),
        "source",
    )

    class Meta:
        model = DoseLimit
        fields = ["profile", "drug", "with_adrenaline", "period", "mg_per_kg", "max_mg", "source"]
        widgets = {"source": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["drug"].queryset = Drug.objects.filter(kind__in=limits.PERIODS)
        self.fields["period"].choices = DosePeriod.choices
        self.fields["source"].help_text = _("Who says so, of which year, and where it can be read. Required.")
        self.fields["source"].error_messages["required"] = _("Write where this limit comes from.")
        for name in ("mg_per_kg", "max_mg"):
            self.fields[name].error_messages |= WRONG_LIMIT
            self.fields[name].widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        for name in ("profile", "drug"):
            self.fields[name].empty_label = ""

    @classmethod
    def initial_of(cls, limit):
        """A new number needs its own source, so the source is not copied."""
        first = {name: getattr(limit, name) for name in cls.Meta.fields if name != "source"}
        return first | {name: plain(first[name]) for name in ("mg_per_kg", "max_mg")}

    def clean_source(self):
        source = self.cleaned_data["source"]
        if not has_visible_text(source):
            raise ValidationError(self.fields["source"].error_messages["required"])
        return source

    def clean(self):
        entered = super().clean()
        if (
            not {"mg_per_kg", "max_mg"} & self.errors.keys()
            and entered["mg_per_kg"] is None
            and entered["max_mg"] is None
        ):
            self.add_error("mg_per_kg", _("Write mg per kg, or mg at most, or both."))
        return entered

    def validate_unique(self):
        """`limits.propose_limit` numbers the version."""

    def propose(self, *, by, at):
        numbers = {name: self.cleaned_data[name] for name in ("mg_per_kg", "max_mg")}
        source = self.cleaned_data["source"]
        return limits.propose_limit(LimitKey.of(self.instance), numbers=numbers, source=source, by=by, at=at)
