"""Who treats patients here, for anybody to read."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.models import Credential, CredentialKind, Page, Practitioner


@login_not_required
@require_safe
def people(request):
    ultrasound = Credential.objects.valid(on=timezone.localdate()).filter(kind=CredentialKind.ULTRASOUND)
    context = {
        "page": Page.objects.prefetch_related("sections").filter(slug="people").first(),
        "practitioners": Practitioner.objects.active().annotate(
            works_with_ultrasound=Exists(ultrasound.filter(practitioner=OuterRef("pk")))
        ),
    }
    return render(request, "people/people.html", context)
