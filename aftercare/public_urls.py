"""What anybody may read about the days after a block."""

from django.urls import path

from aftercare.views import public

urlpatterns = [path("aftercare/", public.aftercare, name="aftercare")]
