"""What all rows of a record's form have in common: sites, drugs and complications."""

from django import forms
from django.utils.translation import gettext_lazy as _


class RowForm(forms.Form):
    """One row of a list. A row that still has only its initial values counts as empty."""

    row = None  # what was made of it

    def __init__(self, *args, shelf, on, **kwargs):
        super().__init__(*args, **kwargs)
        self.shelf, self.on = shelf, on

    @property
    def is_removed(self):
        return self.is_bound and bool(self["DELETE"].data)

    @property
    def fields_in_use(self):
        """None for a removed row: nothing in it is an error."""
        return [] if self.is_removed else list(self)

    @property
    def typed(self):
        """What was typed, unchecked."""
        return {name: self[name].data for name in self.fields if name != "DELETE"}

    @property
    def contents(self):
        return {name: value for name, value in self.cleaned_data.items() if name != "DELETE"}


class RowFormSet(forms.BaseFormSet):
    """Rows of which any may be empty; those ticked for removal are left out."""

    def __init__(self, *args, **kwargs):
        sentence = _(
            "Part of this page did not reach us. Nothing was saved. Please look at the rows and send it again."
        )
        super().__init__(*args, error_messages={"missing_management_form": sentence}, **kwargs)

    def initial_form_count(self):
        """What was sent is checked without initial rows: any row may be empty."""
        return 0 if self.is_bound else super().initial_form_count()

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Remove")
        form.index = index

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


def formset_of(form, rows, *, most):
    """Removed rows are sent too, so more may arrive than are saved."""
    return forms.formset_factory(
        form, rows, extra=0, can_delete=True, max_num=most, validate_max=True, absolute_max=2 * most
    )
