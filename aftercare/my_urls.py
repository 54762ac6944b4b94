from django.urls import path

from aftercare.views import my, summaries

urlpatterns = [
    path("physiotherapy/<int:pk>/", my.physiotherapy, name="my-physiotherapy"),
    path("visits/<int:pk>/summary/", summaries.own, name="my-summary"),
]
