from django.urls import path

from procedures.views import screening

urlpatterns = [
    path("appointments/<int:pk>/screening/", screening.ask, name="desk-screening"),
]
