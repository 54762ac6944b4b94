from django.urls import path

from procedures.views import consents, plans

urlpatterns = [
    path("my/consent/<int:pk>/", consents.own, name="my-consent"),
    path("my/consent/<int:pk>/withdraw/", consents.own_withdraw, name="my-consent-withdraw"),
    path("desk/appointments/<int:pk>/consent/", consents.here, name="desk-consent"),
    path("desk/appointments/<int:pk>/consent/signed/", consents.here_signed, name="desk-consent-signed"),
    path("practice/visits/<int:pk>/plan/", plans.plan, name="practice-plan"),
    path("practice/visits/<int:pk>/consent/confirm/", consents.confirm, name="practice-consent-confirm"),
    path("practice/visits/<int:pk>/consent/withdraw/", consents.withdraw, name="practice-consent-withdraw"),
]
