"""What anybody may read: trigger points, the body, procedures and their risks."""

from django.urls import path

from procedures.views import glossary, guiding, offers, public, regions

urlpatterns = [
    path("", offers.home, name="home"),
    path("trigger-points/", public.trigger_points, name="trigger-points"),
    path("where-does-it-hurt/", regions.where_does_it_hurt, name="where-does-it-hurt"),
    path("where-does-it-hurt/<slug:key>/", regions.region, name="region"),
    path("who-should-i-see/", guiding.who_should_i_see, name="who-should-i-see"),
    path("procedures/", offers.procedures, name="procedures"),
    path("procedures/<slug:slug>/", offers.procedure, name="procedure"),
    path("glossary/", glossary.glossary, name="glossary"),
    path("risks/", public.risks, name="risks"),
]
