"""What anybody may read about the days after a block, and the questions that a link asks."""

from django.urls import include, path

from aftercare.views import public

urlpatterns = [
    path("", include("aftercare.check_urls")),
    path("aftercare/", public.aftercare, name="aftercare"),
]
