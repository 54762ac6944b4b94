"""Whom a physician or physiotherapist looks for."""

from django import forms
from django.utils.translation import gettext_lazy as _


class FindPatientForm(forms.Form):
    """It answers when Enter is pressed, not while typing: each search is noted."""

    q = forms.CharField(label=_("Name, birth date or phone"), required=False, max_length=254)

    @property
    def words(self):
        return self.cleaned_data["q"] if self.is_valid() else ""
