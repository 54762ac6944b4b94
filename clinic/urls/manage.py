"""The manager's pages, below /manage/: the audit trail, and the catalogue in Django's admin."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import path

from clinic.views.manage import audit, removals, second_factors

# One sign-in for everybody, with its limit on attempts: the catalogue has no sign-in page of its own.
admin.site.login = secure_admin_login(admin.site.login)

urlpatterns = [
    path("audit/", audit.trail, name="manage-audit"),
    path("removals/", removals.removals, name="manage-removals"),
    path("removals/<int:pk>/", removals.remove, name="manage-removal"),
    path("second-factors/", second_factors.second_factors, name="manage-second-factors"),
    path("second-factors/<int:pk>/reset/", second_factors.reset, name="manage-second-factor-reset"),
    path("", admin.site.urls),
]
