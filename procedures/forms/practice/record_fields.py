"""The kinds of fields of a record's form, and their error messages."""

import re
from decimal import Decimal

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _

from clinic.lib.texts import has_visible_text

FIGURES = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
LONGEST = 6  # digits before the point: no number here has more
DECIMAL_ERRORS = ["max_digits", "max_decimal_places", "max_whole_digits"]


def helper_for(*fields):
    helper = FormHelper()
    helper.form_tag, helper.disable_csrf = False, True
    helper.layout = Layout(*fields)
    return helper


def field_of(model, name, **more):
    """The form field of a model's field, with its limits, which a form field does not copy automatically."""
    model_field = model._meta.get_field(name)
    kinds = (MinValueValidator, MaxValueValidator)
    limits = {check.code: check.limit_value for check in model_field.validators if isinstance(check, kinds)}
    return model_field.formfield(**limits | more)


def refuse_unseen(form, name):
    """The text of a field. Refused as missing if all its characters are invisible."""
    text = form.cleaned_data[name]
    if text and not has_visible_text(text):
        raise ValidationError(form.fields[name].error_messages["required"])
    return text


class LocalisedDecimalField(forms.DecimalField):
    """A number as people write it here: with a comma or a point, and nothing but digits around it."""

    def to_python(self, value):
        text = str(value).strip().replace(",", ".") if value is not None else ""
        if text and not FIGURES.fullmatch(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(text)


def number_fault(text, *, most, decimals):
    """What is wrong with a number above 0 as somebody typed it, in a sentence; "" when nothing is."""
    plain = text.strip().replace(",", ".")
    if fault := _fault_of_writing(plain):
        return fault
    whole, _point, fraction = plain.lstrip("+").partition(".")
    if plain.startswith("-") or not plain.strip("+0."):
        return _("It has to be more than 0.")
    if len(whole.lstrip("0")) > LONGEST or Decimal(plain) > most:
        return _("%(most)s is the most.") % {"most": most}
    if len(fraction) > decimals:
        return _("It has %(count)s decimals; %(most)s are the most.") % {"count": len(fraction), "most": decimals}
    return ""


def _fault_of_writing(plain):
    if FIGURES.fullmatch(plain):
        return ""
    if re.fullmatch(r"[+-]?\.[0-9]+", plain):
        return _("Write the zero before the point: %(number)s") % {"number": f"0{plain.lstrip('+-')}"}
    if re.fullmatch(r"[+-]?[0-9]+\.", plain):
        return _("Write what comes after the point, or leave the point out.")
    if re.fullmatch(r"[+-]?[0-9.]+[eE][+-]?[0-9]+", plain):
        return _("Write all its digits, without the letter e.")
    if re.fullmatch(r"[+-]?[0-9]+([. '][0-9]+)+", plain):
        return _("Write one point at most, and nothing between thousands.")
    return _("It is no number: write digits, such as 1.5.")


def sentences(*, required=None, wrong=None):
    """Error messages: what to do when the field is empty, and when it cannot be read or is out of range."""
    messages = dict.fromkeys(["invalid", "min_value", "max_value", *DECIMAL_ERRORS], wrong) | {"required": required}
    return {code: sentence for code, sentence in messages.items() if sentence}


def one_of(rows):
    """Turns the submitted key into a row that is already loaded; an error if there is none."""

    def find(key):
        if key not in rows:
            raise ValueError(key)
        return rows[key]

    return find


class PillsField(forms.ChoiceField):
    """One of a few choices, side by side, one tap each."""

    widget = forms.RadioSelect
