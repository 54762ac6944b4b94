"""What patients and physicians write in their own words."""

from django import forms

from clinic.lib.texts import says_something, with_short_line_ends


class WordsField(forms.CharField):
    """Several lines, each end of a line one character; invisible characters alone are nothing."""

    def __init__(self, *, rows, **kwargs):
        super().__init__(widget=forms.Textarea(attrs={"rows": rows, "class": "form-control"}), **kwargs)

    def to_python(self, value):
        text = with_short_line_ends(super().to_python(value))
        return text if says_something(text) else ""
