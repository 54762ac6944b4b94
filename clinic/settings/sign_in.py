"""Settings of signing in, the same in every clinic: patients by a code to their e-mail or phone, staff by password."""

from clinic.settings.environment import env

DEMO = env.bool("DEMO", default=False)
AUTH_USER_MODEL = "clinic.User"
# Who came by a code has no right of a colleague, also somebody who works here: the second is theirs.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend", "clinic.accounts.CodeBackend"]
PASSWORD_HASHERS = ["clinic.people.password_hashes.BoundedArgon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "clinic.people.passwords.GuessableValidator"},
    {"NAME": "clinic.people.passwords.OwnNameValidator"},
]
LOGIN_URL = "account_request_login_code"
LOGIN_REDIRECT_URL = "workplace"
LOGOUT_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "clinic.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "request_login_code": "clinic.forms.my.sign_in.SignInCodeForm",
    "confirm_login_code": "clinic.forms.shared.sign_in.TypedCodeForm",
    "set_password": "clinic.forms.my.sign_in.NoPasswordForm",
    "login": "clinic.forms.my.sign_in.ColleagueSignInForm",
    "reauthenticate": "clinic.forms.my.sign_in.PasswordAgainForm",
    "reset_password": "clinic.forms.my.sign_in.ForgottenPasswordForm",
    "user_token": "clinic.forms.my.sign_in.ResetLinkForm",
    "reset_password_from_key": "clinic.forms.my.sign_in.NewPasswordForm",
    "change_password": "clinic.forms.my.sign_in.ChangedPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # nobody signs up, but without it signing in asks for no password
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
# For each account and place, and for each account from all places that it does not know (clinic/lib/tries.py).
# 100 codes a day with 5 tries each: somebody guessing from many places succeeds about once in 2,000 days.
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "20/m/ip",
    "code_here": "3/5m/key,10/h/key",
    "code_anywhere": "20/h/key,100/d/key",
    "confirm_login_code": "5/h/key",
    "login_failed": "10/m/ip,5/5m/key",  # its key is the account and the place
    "password_anywhere": "30/h/key,100/d/key",
    "reset_password": "20/m/ip",
    "reset_here": "3/5m/key,10/h/key",
    "reset_anywhere": "10/h/key,30/d/key",
    # Bookings of who is not known here: by place, by address, by address and kind of visit; and those of an account.
    "book_from": "5/h/key,10/d/key",
    "book_from_shared": "60/h/key,300/d/key",
    "book_with": "6/h/key,10/d/key",
    "book_kind": "3/d/key",
    "book_account": "20/d/key",
    "sms_code": "20/d/key",  # to one phone, from anywhere; and all together: SMS_CODES_PER_DAY
}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
PASSWORD_RESET_TIMEOUT = 60 * 60
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = False
# Before an act that is hard to take back. Nobody in the demo has a password to type again.
FRESH_SIGN_IN_REQUIRED = not DEMO
FRESH_SIGN_IN_MINUTES = 10
# 0: never, as in the demo
IDLE_LOCK_MINUTES = 0 if DEMO else env.int("IDLE_LOCK_MINUTES", default=15)
SESSION_ENGINE = "clinic.models.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60  # after signing in, however busy it is
