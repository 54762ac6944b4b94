"""Settings of the second factor: what colleagues prove besides their password, and passkeys for everybody."""

from clinic.settings.environment import env

# Nobody in the demo has a password, and its buttons sign in without one.
SECOND_FACTOR_REQUIRED = not env.bool("DEMO", default=False)
MFA_ADAPTER = "clinic.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds that a phone's clock may be off; each code works once all the same
MFA_FORMS = {
    "authenticate": "clinic.forms.my.second_factor.CodeForm",
    "reauthenticate": "clinic.forms.my.second_factor.CodeAgainForm",
    "activate_totp": "clinic.forms.my.second_factor.FirstCodeForm",
    "add_webauthn": "clinic.forms.my.second_factor.NewPasskeyForm",
}
