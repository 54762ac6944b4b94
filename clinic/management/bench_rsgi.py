"""The entry point of the web server that `bench_times` starts: the clinic as it is, and a bare view to compare it with.

The bare view makes one indexed query and has no middleware; it exists in this process only.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.http import JsonResponse
from django.test.utils import override_settings
from django.urls import path

BARE = "/bare/"

clinic_application = get_wsgi_application()

from clinic.models import Appointment  # noqa: E402 - models can be imported only once the line above has run
from clinic.rsgi import Application  # noqa: E402 - it imports the line above, too


def bare(request, pk):
    response = JsonResponse({"starts_at": Appointment.objects.values_list("starts_at", flat=True).get(pk=pk)})
    response["Content-Length"] = len(response.content)
    return response


urlpatterns = [path("bare/<int:pk>/", bare)]


class OwnAddresses:
    """The one middleware of the bare view: its address is not one of the clinic's."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.urlconf = __name__
        return self.get_response(request)


with override_settings(MIDDLEWARE=[f"{__name__}.OwnAddresses"]):
    bare_application = WSGIHandler()

if schema := os.environ.get("BENCH_SCHEMA"):
    database = connections.databases["default"]
    database["NAME"] = os.environ["BENCH_DATABASE"]
    database["OPTIONS"]["options"] += f" -c search_path={schema},public"


def clinic_or_bare(environ, start_response):
    answer = bare_application if environ["PATH_INFO"].startswith(BARE) else clinic_application
    return answer(environ, start_response)


application = Application(clinic_or_bare)
