"""Where and how it hurts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from procedures.forms.fields import MultilineField
from procedures.models import BodyArea, PainCause, PainQuality, PainReport, PainTrigger

SCORES = [(str(score), str(score)) for score in range(11)]


def _several(label, choices, help_text=""):
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, help_text=help_text
    )


class PainForm(forms.Form):
    areas = forms.ModelMultipleChoiceField(
        BodyArea.objects.select_related("region"),
        label=_("Where does it hurt?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose places from the picture or from the list.")},
    )
    score = forms.TypedChoiceField(
        label=_("How strong is the pain now?"),
        help_text=_("0 is no pain. 10 is the worst pain you can think of."),
        choices=SCORES,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(["required", "invalid_choice"], _("Choose a number from 0 to 10.")),
    )
    qualities = _several(_("How does it feel?"), PainQuality.choices)
    triggers = _several(_("What makes it worse?"), PainTrigger.choices)
    causes = _several(
        _("What may it come from?"), PainCause.choices, _("Tick what is true for you. You can leave it empty.")
    )
    own_words = MultilineField(
        rows=3,
        label=_("In your own words"),
        required=False,
        max_length=PainReport._meta.get_field("own_words").max_length,
    )

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("areas") and cleaned.get("score") and not self.has_error("areas"):
            self.add_error("areas", _("Mark at least one place where it hurts."))
        return cleaned
