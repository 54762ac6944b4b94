"""The desk before a procedure, below /desk/: asks the safety questions, hands over the consent."""

from django.urls import path

from procedures.views.desk import consents, screening

urlpatterns = [
    path("appointments/<int:pk>/screening/", screening.ask, name="desk-screening"),
    path("appointments/<int:pk>/consent/", consents.here, name="desk-consent"),
    path("appointments/<int:pk>/consent/signed/", consents.here_signed, name="desk-consent-signed"),
    path("appointments/<int:pk>/consent/no/", consents.here_no, name="desk-consent-no"),
    path("appointments/<int:pk>/consent/signer/", consents.signer_seen, name="desk-consent-signer"),
]
