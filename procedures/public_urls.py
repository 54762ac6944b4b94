"""What anybody may read: trigger points, the body, procedures and their risks."""

from django.urls import path

from procedures.views import offers, public

urlpatterns = [
    path("", offers.home, name="home"),
    path("trigger-points/", public.trigger_points, name="trigger-points"),
    path("where-does-it-hurt/", public.where_does_it_hurt, name="where-does-it-hurt"),
    path("where-does-it-hurt/<slug:key>/", public.region, name="region"),
    path("procedures/", offers.procedures, name="procedures"),
    path("procedures/<slug:slug>/", offers.procedure, name="procedure"),
    path("risks/", public.risks, name="risks"),
]
