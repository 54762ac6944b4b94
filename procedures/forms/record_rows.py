"""The rows of a record's form: one for each injection site and each drug."""

import re
from itertools import groupby

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from clinic.errors import DomainError
from clinic.wording import says_something, with_short_line_ends
from procedures import performing
from procedures.models import DrugAdministration, Guidance, InjectionSite, Muscle, Preparation, Side

FIGURES = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
LONGEST_SHELF_YEARS = 10
DECIMAL_ERRORS = ["max_digits", "max_decimal_places", "max_whole_digits"]


def helper_for(*fields):
    helper = FormHelper()
    helper.form_tag, helper.disable_csrf = False, True
    helper.layout = Layout(*fields)
    return helper


def field_of(model, name, **more):
    """The form field of a model's field, with its limits, which a form field does not take over by itself."""
    model_field = model._meta.get_field(name)
    kinds = (MinValueValidator, MaxValueValidator)
    limits = {check.code: check.limit_value for check in model_field.validators if isinstance(check, kinds)}
    return model_field.formfield(**limits | more)


def refuse_unseen(form, name):
    """The text of a field, unless all its characters are invisible: then it counts as not written."""
    text = form.cleaned_data[name]
    if text and not says_something(text):
        raise ValidationError(form.fields[name].error_messages["required"])
    return text


class TextField(forms.CharField):
    """Several lines; each end of a line counts as one character."""

    widget = forms.Textarea

    def to_python(self, value):
        return with_short_line_ends(super().to_python(value))


class FiguresField(forms.DecimalField):
    """A number as people write it here: with a comma or a point, and nothing but figures around it."""

    def to_python(self, value):
        text = str(value).strip().replace(",", ".") if value is not None else ""
        if text and not FIGURES.fullmatch(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(text)


def sentences(*, required=None, wrong=None):
    """Error messages: what to do when nothing was said, and when it cannot be read or is out of range."""
    said = dict.fromkeys(["invalid", "min_value", "max_value", *DECIMAL_ERRORS], wrong) | {"required": required}
    return {code: sentence for code, sentence in said.items() if sentence}


def one_of(rows):
    """Turns the key that was sent into the row that was read already; says so when there is none."""

    def find(key):
        if key not in rows:
            raise ValueError(key)
        return rows[key]

    return find


class Shelf:
    """The muscles and products to choose from, read once for all rows."""

    def __init__(self):
        self.muscles = {muscle.pk: muscle for muscle in Muscle.objects.select_related("region")}
        self.preparations = {product.pk: product for product in Preparation.objects.filter(is_active=True)}

    @property
    def muscle_choices(self):
        """By region; each with its Latin name, and a word where the lung is near."""
        regions = groupby(self.muscles.values(), key=lambda muscle: muscle.region)
        return [("", ""), *((region.name, [(m.pk, label_of(m)) for m in muscles]) for region, muscles in regions)]

    @property
    def preparation_choices(self):
        return [("", ""), *((product.pk, str(product)) for product in self.preparations.values())]


def label_of(muscle):
    near_lung = _("%(name)s, near the lung (%(latin)s)") if muscle.has_lung_risk else "%(name)s (%(latin)s)"
    return near_lung % {"name": capfirst(muscle.name), "latin": muscle.latin}


class RowForm(forms.Form):
    """One row of a list. A row in which nothing was said but what it came with is no row."""

    row = None  # what was made of it

    def __init__(self, *args, shelf, on, **kwargs):
        super().__init__(*args, **kwargs)
        self.shelf, self.on = shelf, on

    @property
    def is_removed(self):
        return self.is_bound and bool(self["DELETE"].data)

    @property
    def fields_in_use(self):
        """None of a removed row: what stands there is no error."""
        return [] if self.is_removed else list(self)

    @property
    def typed(self):
        """What was typed, unchecked."""
        return {name: self[name].data for name in self.fields if name != "DELETE"}

    @property
    def contents(self):
        return {name: value for name, value in self.cleaned_data.items() if name != "DELETE"}


class SiteForm(RowForm):
    muscle = forms.TypedChoiceField(label=_("Muscle"), error_messages={"required": _("Choose the muscle.")})
    side = forms.ChoiceField(
        label=_("Side"),
        choices=Side,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose left, right or middle.")},
    )
    guidance = forms.ChoiceField(label=_("Guidance"), choices=Guidance, show_hidden_initial=True)
    needle_gauge = field_of(
        InjectionSite,
        "needle_gauge",
        label=_("Needle gauge (G)"),
        show_hidden_initial=True,
        error_messages=sentences(
            required=_("Write the gauge of the needle."), wrong=_("The gauge is a number from 18 to 34.")
        ),
    )
    needle_length_mm = field_of(
        InjectionSite,
        "needle_length_mm",
        label=_("Needle length (mm)"),
        show_hidden_initial=True,
        error_messages=sentences(
            required=_("Write the length of the needle."), wrong=_("The length is from 10 to 120 mm.")
        ),
    )
    no_ultrasound_reason = field_of(
        InjectionSite,
        "no_ultrasound_reason",
        label=_("Why without ultrasound"),
        help_text=_("Only for a muscle near the lung, done by touch."),
    )

    helper = helper_for(
        Div("muscle", Field("side", template="records/_radios.html"), "guidance", css_class="record-place"),
        Div("needle_gauge", "needle_length_mm", "no_ultrasound_reason", css_class="record-needle"),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["muscle"].choices = self.shelf.muscle_choices
        self.fields["muscle"].coerce = one_of(self.shelf.muscles)
        for name in ("needle_gauge", "needle_length_mm"):
            self.fields[name].widget.attrs["inputmode"] = "numeric"

    def make_row(self):
        self.row = InjectionSite(**self.contents)
        return self.row


class DrugForm(RowForm):
    preparation = forms.TypedChoiceField(label=_("Product"), error_messages={"required": _("Choose the product.")})
    volume_ml = field_of(
        DrugAdministration,
        "volume_ml",
        form_class=FiguresField,
        label=_("Volume (mL)"),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        error_messages=sentences(
            required=_("Write the volume in mL."),
            wrong=_("Write the volume in mL, from 0.01 to 100, with at most two decimals. For example: 1.5"),
        ),
    )
    lot = field_of(
        DrugAdministration, "lot", label=_("Lot number"), error_messages={"required": _("Write the lot number.")}
    )
    expires_on = forms.DateField(
        label=_("Use before"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=sentences(
            required=_("Write the day until which it may be used."), wrong=_("Write the day like this: 31/12/2027.")
        ),
    )

    helper = helper_for(Div("preparation", "volume_ml", "lot", "expires_on", css_class="record-drug"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["preparation"].choices = self.shelf.preparation_choices
        self.fields["preparation"].coerce = one_of(self.shelf.preparations)
        self.fields["lot"].widget.attrs |= {
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
        }

    def clean_expires_on(self):
        """No drug keeps for long: a year far away is a slip of the finger."""
        expires_on = self.cleaned_data["expires_on"]
        if expires_on.year > self.on.year + LONGEST_SHELF_YEARS:
            raise ValidationError(_("Please check the year. No lot can be used for so long."))
        return expires_on

    def clean_lot(self):
        return refuse_unseen(self, "lot")

    def clean(self):
        if self.cleaned_data.get("expires_on"):
            try:
                performing.refuse_expired(DrugAdministration(**self.contents), on=self.on)
            except DomainError as error:
                self.add_error(error.field, str(error))

    def make_row(self):
        self.row = DrugAdministration(**self.contents)
        return self.row


class RowFormSet(forms.BaseFormSet):
    """Rows of which any may be empty; those ticked for removal are left out."""

    def __init__(self, *args, **kwargs):
        sentence = _(
            "Part of this page did not reach us. Nothing was saved. Please look at the rows and send it again."
        )
        super().__init__(*args, error_messages={"missing_management_form": sentence}, **kwargs)

    def initial_form_count(self):
        """What was sent is judged by itself: every row of it may be empty."""
        return 0 if self.is_bound else super().initial_form_count()

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Remove")

    @property
    def may_grow(self):
        return len(self.kept_forms) < self.max_num

    @property
    def kept_forms(self):
        return [form for form in self.forms if not form.is_removed]

    def focus_last(self):
        """The page opens with the cursor in the first field of the last row."""
        next(iter(self.forms[-1].fields.values())).widget.attrs["autofocus"] = True

    def make_rows(self):
        return [form.make_row() for form in self.kept_forms if form.has_changed()]


class SiteRows(RowFormSet):
    default_error_messages = {"too_many_forms": _("One record holds 12 sites at most.")}


class DrugRows(RowFormSet):
    default_error_messages = {"too_many_forms": _("One record holds 8 drugs at most.")}


def formset_of(form, rows, *, most):
    """Rows that were removed are sent too, so more may come than are kept."""
    return forms.formset_factory(
        form, rows, extra=0, can_delete=True, max_num=most, validate_max=True, absolute_max=2 * most
    )


SiteFormSet = formset_of(SiteForm, SiteRows, most=12)
DrugFormSet = formset_of(DrugForm, DrugRows, most=8)
