"""The pages of django-allauth that this clinic uses. None of them adds or confirms an e-mail address manually."""

from allauth.account import views
from allauth.mfa.base import views as second_factor_views
from allauth.mfa.recovery_codes import views as written_codes
from allauth.mfa.totp import views as apps
from allauth.mfa.webauthn import views as passkeys
from django.urls import path, re_path
from django.views.decorators.http import require_http_methods

from clinic.views.system import code_pages, devices, second_factor, sign_in_again
from clinic.views.system.second_factor import colleagues_only, not_by_code_to_colleagues

form = require_http_methods(["GET", "HEAD", "POST"])

urlpatterns = [
    # Patients: a code by e-mail or SMS
    path("login/code/", form(code_pages.request_login_code), name="account_request_login_code"),
    path("login/code/confirm/", form(code_pages.confirm_login_code), name="account_confirm_login_code"),
    # Colleagues: a password
    path("login/", form(views.login), name="account_login"),
    path("reauthenticate/", form(views.reauthenticate), name="account_reauthenticate"),
    path("again/", sign_in_again.sign_in_again, name="account_sign_in_again"),
    path("password/change/", form(views.password_change), name="account_change_password"),
    path("password/set/", form(views.password_set), name="account_set_password"),
    path("password/reset/", form(views.password_reset), name="account_reset_password"),
    path("password/reset/done/", form(views.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        form(views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        form(views.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    # Colleagues: a second factor
    path("2fa/authenticate/", form(second_factor_views.authenticate), name="mfa_authenticate"),
    path("2fa/reauthenticate/", form(colleagues_only(second_factor_views.reauthenticate)), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", form(colleagues_only(apps.activate_totp)), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", form(colleagues_only(apps.deactivate_totp)), name="mfa_deactivate_totp"),
    path(
        "2fa/recovery-codes/",
        form(colleagues_only(written_codes.view_recovery_codes)),
        name="mfa_view_recovery_codes",
    ),
    path(
        "2fa/recovery-codes/generate/",
        form(colleagues_only(written_codes.generate_recovery_codes)),
        name="mfa_generate_recovery_codes",
    ),
    # Everybody: passkeys
    path("2fa/", form(not_by_code_to_colleagues(second_factor_views.index)), name="mfa_index"),
    path("2fa/webauthn/add/", form(not_by_code_to_colleagues(second_factor.new_passkey)), name="mfa_add_webauthn"),
    path("2fa/webauthn/login/", form(passkeys.login_webauthn), name="mfa_login_webauthn"),
    path("2fa/webauthn/reauthenticate/", form(passkeys.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path(
        "2fa/webauthn/keys/<int:pk>/remove/",
        form(not_by_code_to_colleagues(second_factor.remove_passkey)),
        name="mfa_remove_webauthn",
    ),
    # Everybody
    path("devices/", devices.devices, name="account_devices"),
    path("devices/end/", devices.end, name="account_devices_end"),
    path("lock/", devices.lock, name="account_lock"),
    path("awake/", devices.awake, name="account_awake"),
    path("logout/", form(views.logout), name="account_logout"),
    path("inactive/", form(views.account_inactive), name="account_inactive"),
    path("signup/", form(views.signup), name="account_signup"),
]
