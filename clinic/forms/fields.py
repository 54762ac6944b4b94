"""Fields that more than one form uses."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from clinic.lib import names
from clinic.lib.texts import has_visible_text, with_unix_line_endings, without_invisible

OLDEST = 120
LOOKED_THROUGH = 1000  # characters: longer ones are refused for their length
CALENDAR = range(2000, 2201)  # years; near the ends of Python's own range, adding days fails


def not_far_away(instant):
    if instant.year not in CALENDAR:
        raise ValidationError(_("This day is too far away."))


class NameField(forms.CharField):
    """A person's name, as any passport may write it: any script, at most 100 characters, on one line.

    What was copied or mistyped without being seen is made right; an address in it is refused.
    """

    def __init__(self, *, autocomplete="", **kwargs):
        kwargs.setdefault("max_length", 100)
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": autocomplete}))
        super().__init__(**kwargs)

    def to_python(self, value):
        typed = super().to_python(value)
        return names.made_right(typed) if len(typed) <= LOOKED_THROUGH else typed

    def clean(self, value):
        name = super().clean(value)
        if names.carries_an_address(name):
            raise ValidationError(_("Write the name only, without a link or an address."))
        if not names.has_only_letters(name):
            raise ValidationError(_("Write the name with letters only."))
        if name and not names.has_a_letter(name):
            raise ValidationError(_("Write the name with letters."))
        return name


class EmailField(forms.EmailField):
    def __init__(self, **kwargs):
        sentence = _("Write an e-mail address like ana@example.org.")
        kwargs["error_messages"] = {"invalid": sentence, "max_length": sentence} | kwargs.get("error_messages", {})
        super().__init__(**{"max_length": 254, "required": False} | kwargs)

    def to_python(self, value):
        """Without what nobody sees: an address that was copied brings it along."""
        typed = super().to_python(value)
        return "".join(without_invisible(typed).split()) if len(typed) <= LOOKED_THROUGH else typed


class PhoneField(PhoneNumberField):
    """A number that can be dialled and receive an SMS: without an extension."""

    def __init__(self, **kwargs):
        sentence = _("Write the whole phone number, for example +370 612 34567.")
        kwargs["error_messages"] = {"invalid": sentence} | kwargs.get("error_messages", {})
        super().__init__(**{"required": False} | kwargs)

    def clean(self, value):
        is_text = isinstance(value, str) and len(value) <= LOOKED_THROUGH
        number = super().clean(without_invisible(value) if is_text else value)
        if number and number.extension:
            raise ValidationError(_("Write a number that we can call directly, without an extension."))
        return number


class TextField(forms.CharField):
    """Several lines; each end of a line counts as one character."""

    widget = forms.Textarea

    def to_python(self, value):
        return with_unix_line_endings(super().to_python(value))


class VisibleTextField(TextField):
    """A text that must say something: invisible characters alone are not enough."""

    def to_python(self, value):
        text = super().to_python(value)
        return text if has_visible_text(text) else ""


class ReasonField(VisibleTextField):
    """Why something is corrected: whoever looks later has to understand it."""

    def __init__(self, **kwargs):
        usual = {"label": _("Why is it changed?"), "max_length": 200, "widget": forms.TextInput()}
        usual["error_messages"] = {"required": _("Write why it is changed, in a few words.")}
        super().__init__(**usual | kwargs)


class BirthDateWidget(forms.MultiWidget):
    template_name = "components/_birth_date.html"
    use_fieldset = True

    def __init__(self, attrs=None):
        number = {"inputmode": "numeric", "pattern": "[0-9]*"}
        super().__init__(
            {
                "day": forms.TextInput(number | {"autocomplete": "bday-day", "size": 2}),
                "month": forms.TextInput(number | {"autocomplete": "bday-month", "size": 2}),
                "year": forms.TextInput(number | {"autocomplete": "bday-year", "size": 4}),
            },
            attrs,
        )

    def decompress(self, value):
        return [value.day, value.month, value.year] if value else ["", "", ""]


class BirthDateField(forms.MultiValueField):
    """Day, month and year in three boxes: clicking through a calendar is no way to enter a birthday."""

    widget = BirthDateWidget

    def __init__(self, **kwargs):
        parts = [forms.CharField(), forms.CharField(), forms.CharField()]
        super().__init__(parts, require_all_fields=False, **kwargs)

    def compress(self, parts):
        if not parts:
            return None
        try:
            day, month, year = (int(part) for part in parts if len(part) <= 4)
            birth_date = date(year, month, day)
        except (ValueError, OverflowError) as error:
            raise ValidationError(_("This day does not exist. Write it like this: 27 3 1985")) from error
        today = timezone.localdate()
        if birth_date > today:
            raise ValidationError(_("This day is still to come. Please check the year."))
        if birth_date.year < today.year - OLDEST:
            raise ValidationError(_("Please check the year. Write all four figures, for example 1985."))
        return birth_date
