"""Patients before a procedure, below /my/: safety questions, where it hurts, consent."""

from django.urls import path

from procedures.views.my import consents, screening

urlpatterns = [
    path("screening/<int:pk>/", screening.questions, name="my-screening"),
    path("screening/<int:pk>/thanks/", screening.thanks, name="my-screening-thanks"),
    path("where-it-hurts/<int:pk>/", screening.where_it_hurts, name="my-where-it-hurts"),
    path("consent/<int:pk>/", consents.own, name="my-consent"),
    path("consent/<int:pk>/no/", consents.own_no, name="my-consent-no"),
    path("consent/<int:pk>/question/", consents.own_question, name="my-consent-question"),
    path("consent/<int:pk>/withdraw/", consents.own_withdraw, name="my-consent-withdraw"),
]
