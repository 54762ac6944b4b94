"""Going elsewhere or declining physiotherapy: answered by the patient."""

from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from aftercare.models import ServiceRequest
from aftercare.views.shared import referral_pages

STAFF = "aftercare.change_servicerequest"


@require_http_methods(["GET", "HEAD", "POST"])
def own(request, pk):
    referral = referral_pages.referral_of(ServiceRequest.objects.acted_for_by(request.user), pk)
    thanks = _("Thank you. We will not ask you again. You can take it back at any time.")
    door = referral_pages.Door("my/physiotherapy/answer.html", referral, thanks=thanks)
    return referral_pages.answer(request, referral, door)


@require_POST
def take_back_own(request, pk):
    referral = referral_pages.referral_of(ServiceRequest.objects.acted_for_by(request.user), pk)
    return referral_pages.take_back(request, referral, then=referral)
