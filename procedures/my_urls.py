from django.urls import path

from procedures.views import screening

urlpatterns = [
    path("screening/<int:pk>/", screening.questions, name="my-screening"),
    path("screening/<int:pk>/thanks/", screening.thanks, name="my-screening-thanks"),
    path("where-it-hurts/<int:pk>/", screening.where_it_hurts, name="my-where-it-hurts"),
]
