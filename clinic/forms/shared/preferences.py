"""How a patient wants to be reached: chosen by the patient, or at the desk."""

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from clinic.messaging import preferences
from clinic.models import MessageChannel

HOURS = [("", _("the clinic's hours")), *((hour, f"{hour:02}:00") for hour in range(24))]


class PreferenceForm(forms.Form):
    """Channel, language, quiet hours, reminders or none."""

    channel = forms.ChoiceField(label=_("E-mail or SMS?"), required=False, widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("In which language?"), required=False)
    wants_reminders = forms.BooleanField(
        label=_("Send reminders"),
        help_text=_(
            "We always send safety advice and your code to sign in. We also write when you book, move or cancel."
        ),
        required=False,
    )
    quiet_from = forms.TypedChoiceField(
        label=_("No messages from"), choices=HOURS, coerce=int, empty_value=None, required=False
    )
    quiet_until = forms.TypedChoiceField(
        label=_("No messages until"), choices=HOURS, coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args, preference, reached_by, **kwargs):
        """`reached_by`: the systems (`ContactSystem`) where our messages reach the patient; only they can be chosen."""
        names = ("channel", "language", "quiet_from", "quiet_until")
        initial = {name: getattr(preference, name) for name in names}
        super().__init__(*args, initial=initial | {"wants_reminders": preference.opted_out_at is None}, **kwargs)
        offered = [(way.value, way.label) for way in MessageChannel if preferences.SYSTEM_OF[way] in reached_by]
        self.is_unreachable = not offered
        self.fields["channel"].choices = [("", _("either is fine")), *offered]
        self.fields["language"].choices = [("", _("the clinic's")), *settings.LANGUAGES]
        if len(settings.LANGUAGES) < 2:
            del self.fields["language"]
        if len(offered) < 2:
            del self.fields["channel"]
        if self.is_unreachable:
            self.fields["wants_reminders"].help_text = ""
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean(self):
        cleaned = super().clean()
        starts, ends = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if (starts is None) != (ends is None) and not self.errors:
            self.add_error("quiet_until", _("Choose both hours, or none."))
        elif None in (starts, ends):
            return cleaned
        elif starts == ends:
            self.add_error("quiet_until", _("Choose another hour than the first."))
        elif (ends - starts) % 24 > 16:
            self.add_error("quiet_until", _("Leave us at least 8 hours of the day."))
        return cleaned


def form_for(patient, data=None):
    reached_by = {contact.system for contact in preferences.contacts_by_channel(patient).values()}
    preference = preferences.preference_of(patient)
    return PreferenceForm(data, preference=preference, reached_by=reached_by, auto_id=f"id_{patient.pk}_%s")
