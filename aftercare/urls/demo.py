"""What only the demo has."""

from django.urls import path

from aftercare.views.public import styleguide

urlpatterns = [
    path("", styleguide.styleguide, name="styleguide"),
    path("tokens.css", styleguide.tokens_css, name="styleguide-tokens"),
]
