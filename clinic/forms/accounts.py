from allauth.account.forms import RequestLoginCodeForm


class SignInCodeForm(RequestLoginCodeForm):
    """Patients get a code. A colleague who asks for one is answered in the same words and gets none."""

    def clean_email(self):
        email = super().clean_email()
        if self._user and self._user.is_colleague:
            self._user = None
        return email
