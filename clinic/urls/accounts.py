"""The pages of django-allauth that this clinic uses. None of them adds or confirms an e-mail address manually."""

from allauth.account import views
from django.urls import path, re_path
from django.views.decorators.http import require_http_methods

from clinic.views.system import sign_in_again

form = require_http_methods(["GET", "HEAD", "POST"])

urlpatterns = [
    # Patients: a code by e-mail
    path("login/code/", form(views.request_login_code), name="account_request_login_code"),
    path("login/code/confirm/", form(views.confirm_login_code), name="account_confirm_login_code"),
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
    # Everybody
    path("logout/", form(views.logout), name="account_logout"),
    path("inactive/", form(views.account_inactive), name="account_inactive"),
    path("signup/", form(views.signup), name="account_signup"),
]
