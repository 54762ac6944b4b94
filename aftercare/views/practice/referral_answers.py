"""Going elsewhere or declining physiotherapy: answered to the physiotherapist."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_http_methods, require_POST

from aftercare.models import ServiceRequest
from aftercare.views.shared import referral_pages

STAFF = "aftercare.change_servicerequest"


@permission_required([STAFF, "aftercare.add_physiotherapyassessment"], raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def in_practice(request, pk):
    referral = referral_pages.referral_of(ServiceRequest.objects.visible_to(request.user), pk)
    door = referral_pages.Door("components/physiotherapy/answer.html", ["practice-referral", pk], is_own=False)
    return referral_pages.answer(request, referral, door)


@permission_required([STAFF, "aftercare.add_physiotherapyassessment"], raise_exception=True)
@require_POST
def take_back_in_practice(request, pk):
    referral = referral_pages.referral_of(ServiceRequest.objects.visible_to(request.user), pk)
    return referral_pages.take_back(request, referral, then=["practice-referral", pk])
