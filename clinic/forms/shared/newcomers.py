"""What somebody new says about themselves, online or on the phone."""

from clinic.people.registration import Newcomer


class AboutNewcomer:
    """For a form that asks for names, birth date, `email` and `phone`: one way to reach the person is enough, and the
    first name may be missing when `one_name` says so.

    `unreachable` is the field that the form asks for it on, and the sentence; `nameless` the same for the first name.
    """

    unreachable: tuple[str, str]
    nameless: tuple[str, str]

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("given_name") and not cleaned.get("one_name") and not self.has_error("given_name"):
            self.add_error(*self.nameless)
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
            **more,
        )
