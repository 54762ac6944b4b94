from django.contrib.auth.decorators import login_not_required
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
    report = readiness.readiness(at=timezone.now())
    return JsonResponse(report, status=200 if report["ready"] else 503)
