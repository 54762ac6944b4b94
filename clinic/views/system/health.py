from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinic.operations import readiness


@login_not_required
@never_cache
@require_safe
def healthz(request):
    return JsonResponse({"status": "alive"})


@login_not_required
@never_cache
@require_safe
def readyz(request):
    """Can this node serve? With `?work`: is what should be done by itself done in time? 503 for No."""
    if "work" in request.GET:
        return _work()
    report = readiness.readiness()
    return JsonResponse(report, status=200 if report["ready"] else 503)


def _work():
    try:
        report = readiness.work(at=timezone.now())
    except DatabaseError:
        report = {"on_time": False, "database": False}
    return JsonResponse(report, status=200 if report["on_time"] else 503)
