"""The manager's pages, below /manage/: colleagues, the audit trail, and the catalogue in Django's admin."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import path

from clinic.views.manage import audit, colleagues, emergency_access, removals, second_factors

# One sign-in for everybody, with its limit on attempts: the catalogue has no sign-in page of its own.
admin.site.login = secure_admin_login(admin.site.login)

urlpatterns = [
    path("audit/", audit.trail, name="manage-audit"),
    path("removals/", removals.removals, name="manage-removals"),
    path("removals/<int:pk>/", removals.remove, name="manage-removal"),
    path("second-factors/", second_factors.second_factors, name="manage-second-factors"),
    path("second-factors/<int:pk>/reset/", second_factors.reset, name="manage-second-factor-reset"),
    path("emergency-access/", emergency_access.accesses, name="manage-emergency"),
    path("emergency-access/<int:pk>/", emergency_access.review, name="manage-emergency-review"),
    path("colleagues/", colleagues.colleagues, name="manage-colleagues"),
    path("colleagues/invite/", colleagues.invite, name="manage-colleague-invite"),
    path("colleagues/invitations/<int:pk>/again/", colleagues.invite_again, name="manage-invitation-again"),
    path(
        "colleagues/invitations/<int:pk>/withdraw/", colleagues.withdraw_invitation, name="manage-invitation-withdraw"
    ),
    path("colleagues/<int:pk>/", colleagues.colleague, name="manage-colleague"),
    path("colleagues/<int:pk>/roles/", colleagues.add_role, name="manage-colleague-role"),
    path("colleagues/<int:pk>/name/", colleagues.rename, name="manage-colleague-name"),
    path("colleagues/<int:pk>/end/<int:employed>/", colleagues.end, name="manage-colleague-end"),
    path("", admin.site.urls),
]
