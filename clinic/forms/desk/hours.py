"""When people work, when they are away, when the clinic is closed, and which rooms and machines are in use."""

from datetime import date

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.forms.fields import not_far_away
from clinic.models import Closure, Practitioner, Room, TimeOff, UltrasoundMachine, WorkingHours

ENDS_BEFORE_IT_BEGINS = _("The end must come after the beginning.")
OVER_ALREADY = _("This is over already. Choose a time that is still to come.")


def _helper(*rows):
    """The page draws the form, with its token and its buttons; a tuple of fields is a row of the form."""
    helper = FormHelper()
    helper.form_tag = False
    helper.layout = Layout(*(Div(*row, css_class="form-row-fields") if isinstance(row, tuple) else row for row in rows))
    return helper


def _day(**kwargs):
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(widget=widget, input_formats=["%Y-%m-%d"], **kwargs)


def _clock(**kwargs):
    return forms.TimeField(widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}), **kwargs)


def _moment(**kwargs):
    """A day and a time on the clinic's clock."""
    shape = "%Y-%m-%dT%H:%M"
    widget = forms.DateTimeInput(format=shape, attrs={"type": "datetime-local"})
    return forms.DateTimeField(widget=widget, input_formats=[shape], validators=[not_far_away], **kwargs)


def _person():
    return forms.ModelChoiceField(
        Practitioner.objects.active(),
        label=_("Who"),
        error_messages={"required": _("Choose who it is."), "invalid_choice": _("Choose who it is.")},
    )


class WorkingHoursForm(forms.ModelForm):
    practitioner = _person()
    starts = _clock(label=_("From"), error_messages={"required": _("Write when the work begins.")})
    ends = _clock(label=_("Until"), error_messages={"required": _("Write when the work ends.")})
    valid_from = _day(label=_("From this day on"), required=False, help_text=_("Empty: since ever."))
    valid_until = _day(label=_("Last day"), required=False, help_text=_("Empty: until further notice."))

    class Meta:
        model = WorkingHours
        fields = ["practitioner", "weekday", "starts", "ends", "valid_from", "valid_until"]
        error_messages = {"weekday": {"required": _("Choose a weekday.")}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = _helper("practitioner", "weekday", ("starts", "ends"), ("valid_from", "valid_until"))

    def clean(self):
        cleaned = super().clean()
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        first, last = cleaned.get("valid_from"), cleaned.get("valid_until")
        if starts and ends and ends <= starts:
            self.add_error("ends", ENDS_BEFORE_IT_BEGINS)
        if first and last and last < first:
            self.add_error("valid_until", _("The last day must not be before the first."))
        if not self.errors:
            self._refuse_overlap(cleaned)
        return cleaned

    def _refuse_overlap(self, cleaned):
        first, last = cleaned["valid_from"] or date.min, cleaned["valid_until"] or date.max
        others = WorkingHours.objects.valid_between(first, last).filter(
            practitioner=cleaned["practitioner"],
            weekday=cleaned["weekday"],
            starts__lt=cleaned["ends"],
            ends__gt=cleaned["starts"],
        )
        if other := others.exclude(pk=self.instance.pk).first():
            sentence = _("%(who)s works then already: %(hours)s. Change those hours, or choose others.")
            self.add_error("starts", sentence % {"who": cleaned["practitioner"], "hours": other})


class AbsenceForm(forms.ModelForm):
    starts_at = _moment(label=_("From"), error_messages={"required": _("Write when it begins, with day and hour.")})
    ends_at = _moment(label=_("Until"), error_messages={"required": _("Write when it ends, with day and hour.")})

    def clean(self):
        cleaned = super().clean()
        starts_at, ends_at = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", ENDS_BEFORE_IT_BEGINS)
        elif ends_at and ends_at <= timezone.now():
            self.add_error("ends_at", OVER_ALREADY)
        return cleaned


class TimeOffForm(AbsenceForm):
    practitioner = _person()

    class Meta:
        model = TimeOff
        fields = ["practitioner", "starts_at", "ends_at", "reason"]
        help_texts = {"reason": _("For the clinic only, for example: course")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = _helper("practitioner", ("starts_at", "ends_at"), "reason")


class ClosureForm(AbsenceForm):
    class Meta:
        model = Closure
        fields = ["starts_at", "ends_at", "reason"]
        help_texts = {"reason": _("For example: public holiday")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = _helper(("starts_at", "ends_at"), "reason")


class PlaceForm(forms.ModelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = _helper("name", "is_active")
        self.fields["name"].error_messages |= {"required": _("Write the name."), "unique": _("This name is taken.")}


class RoomForm(PlaceForm):
    class Meta:
        model = Room
        fields = ["name", "is_active"]


class MachineForm(PlaceForm):
    class Meta:
        model = UltrasoundMachine
        fields = ["name", "is_active"]


class ConfirmForm(forms.Form):
    """The last step: the person who makes the change has seen the affected visits and will phone the patients."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    will_call = forms.BooleanField(
        label=_("I will call these people"),
        error_messages={"required": _("Tick that you will call these people. Each of them becomes an item of work.")},
    )

    def __init__(self, *args, affected, **kwargs):
        kwargs["initial"] = {"seen": ",".join(str(visit.pk) for visit in affected)}
        super().__init__(*args, **kwargs)
        if not affected:
            del self.fields["will_call"]

    def clean_seen(self):
        keys = self.cleaned_data["seen"].split(",")
        return [int(key) for key in keys if key.isascii() and key.isdigit() and len(key) < 19]
