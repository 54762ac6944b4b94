"""What each ultrasound picture of a draft shows, and at which site it was taken."""

from django import forms
from django.utils.translation import gettext_lazy as _

from procedures.models import UltrasoundImage


class PictureForm(forms.ModelForm):
    class Meta:
        model = UltrasoundImage
        fields = ["caption", "site"]

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites
        self.fields["site"].empty_label = _("no single site")
        self.fields["caption"].widget.attrs |= {"autocomplete": "off", "class": "form-control"}
        self.fields["site"].widget.attrs["class"] = "form-select"


class PictureForms:
    """One form for each picture of the draft (None while there is none)."""

    def __init__(self, procedure, *, data=None):
        pictures = list(procedure.images.order_by("pk")) if procedure else []
        sites = procedure.sites.select_related("muscle") if procedure else None
        self.rows = [
            PictureForm(self._sent(data, picture), instance=picture, prefix=f"picture-{picture.pk}", sites=sites)
            for picture in pictures
        ]

    @staticmethod
    def _sent(data, picture):
        """A picture added meanwhile in another window keeps its caption and site."""
        return data if data is not None and f"picture-{picture.pk}-caption" in data else None

    def __iter__(self):
        return iter(self.rows)

    def __len__(self):
        return len(self.rows)

    def is_valid(self):
        return all(row.is_valid() for row in self.rows if row.is_bound)

    def entered(self):
        bound = (row for row in self.rows if row.is_bound)
        return {row.instance.pk: (row.cleaned_data["caption"], row.cleaned_data["site"]) for row in bound}
