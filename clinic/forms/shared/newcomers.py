"""What somebody new says about themselves, online or on the phone."""

from clinic.people.registration import Newcomer


class AboutNewcomer:
    """For a form that asks for names, birth date, `email` and `phone`: one way to reach the person is enough.

    `unreachable` is the field that the form asks for it on, and the sentence.
    """

    unreachable: tuple[str, str]

    def clean(self):
        cleaned = super().clean()
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
