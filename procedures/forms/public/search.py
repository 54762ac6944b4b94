from crispy_forms.bootstrap import StrictButton
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 100


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("What are you looking for?"),
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "data-search": "", "enterkeyhint": "search"}
        ),
        error_messages={"max_length": _("Please use fewer words. A few words find more.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["q"].widget.attrs.pop("maxlength", None)  # pasted text is not cut off silently
        self.helper = FormHelper()
        self.helper.form_method = "get"
        self.helper.form_action = "search"
        self.helper.disable_csrf = True
        self.helper.attrs = {"role": "search", "novalidate": ""}
        self.helper.layout = Layout("q", StrictButton(_("Search"), type="submit", css_class="btn-primary"))
