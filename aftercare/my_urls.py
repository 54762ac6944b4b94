from django.urls import path

from aftercare.views import my

urlpatterns = [
    path("physiotherapy/<int:pk>/", my.physiotherapy, name="my-physiotherapy"),
]
