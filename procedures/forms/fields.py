"""What patients and physicians write in their own words."""

from django import forms

from clinic.lib.texts import has_visible_text, with_unix_line_endings


class MultilineField(forms.CharField):
    """Several lines, each line end one character; invisible characters alone count as empty."""

    def __init__(self, *, rows, **kwargs):
        super().__init__(widget=forms.Textarea(attrs={"rows": rows, "class": "form-control"}), **kwargs)

    def to_python(self, value):
        text = with_unix_line_endings(super().to_python(value))
        return text if has_visible_text(text) else ""
