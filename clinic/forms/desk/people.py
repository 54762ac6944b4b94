"""A practitioner as the manager writes about them, with a photo."""

from django import forms
from django.contrib.admin.widgets import AdminFileWidget
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from clinic.lib import safe_pictures
from clinic.models import Practitioner
from clinic.people import photos


class PractitionerForm(forms.ModelForm):
    """A photo is never stored as it was sent: it is redrawn as a square. A new one replaces the old."""

    photo = forms.FileField(
        label=_("photo"),
        required=False,
        widget=AdminFileWidget(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("PNG, JPEG or WebP. It is cut to a square. Patients see it. Without one we draw the initials."),
    )
    too_large = ()  # names of files that never reached the form; see clinic.lib.upload_limits

    class Meta:
        model = Practitioner
        fields = "__all__"  # noqa: DJ007 - the admin names them

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.photo_before = self.instance.photo.name
        self.initial["photo"] = self.instance.photo or None

    def clean_photo(self):
        sent = self.cleaned_data["photo"]
        if self.too_large:
            raise forms.ValidationError(str(safe_pictures.too_large()))
        if not isinstance(sent, UploadedFile):
            return sent
        try:
            return photos.clean(sent)
        except safe_pictures.PictureRefused as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def forget_old_photo(self):
        if self.photo_before != self.instance.photo.name:
            photos.forget(self.photo_before)
