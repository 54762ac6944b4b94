"""What somebody new says about themselves, online or on the phone."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.models import Patient
from clinic.people.registration import Newcomer


class AboutNewcomer:
    """For a form that asks for names, birth date, `email` and `phone`: one way to reach the person is enough, and the
    first name may be missing when `one_name` says so. Of a child the name of the `guardian` is asked, too.

    `unreachable` is the field that the form asks for it on, and the sentence; `nameless` the same for the first name.
    """

    unreachable: tuple[str, str]
    nameless: tuple[str, str]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_of_child = self._is_of_child()
        if not self.is_of_child:
            del self.fields["guardian"]

    def _is_of_child(self):
        """As far as what was typed says; nobody else is asked for a guardian."""
        field = self.fields["birth_date"]
        typed = self.initial.get("birth_date")
        if self.is_bound:
            typed = field.widget.value_from_datadict(self.data, self.files, self.add_prefix("birth_date"))
        try:
            born = field.clean(typed)
        except ValidationError:
            return False
        return born is not None and Patient(birth_date=born).is_child(timezone.localdate())

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("given_name") and not cleaned.get("one_name") and not self.has_error("given_name"):
            self.add_error(*self.nameless)
        if "guardian" in self.fields and not cleaned.get("guardian") and not self.has_error("guardian"):
            self.add_error("guardian", _("A child needs a parent or guardian. Write first name and family name."))
        if not any(cleaned.get(way) or self.has_error(way) for way in ("email", "phone")):
            self.add_error(*self.unreachable)
        return cleaned

    def newcomer(self, **more):
        data = self.cleaned_data
        return Newcomer(
            given_name=data["given_name"],
            family_name=data["family_name"],
            birth_date=data["birth_date"],
            email=data["email"].lower(),
            phone=str(data["phone"] or ""),
            guardian=data.get("guardian", ""),
            **more,
        )
