"""Who treats patients here, for anybody to read: all of them, and each with the next free time."""

import re
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.models import Credential, CredentialKind, Page, Practitioner
from clinic.scheduling import availability, timetable
from clinic.scheduling.wishes import Search

NUMBER_AT_THE_END = re.compile(r"(?:^|-)(\d{1,18})$")
PHOTO_NAME = re.compile(r"[0-9a-f]{32}(\.small)?\.jpg")


@dataclass(frozen=True)
class ValidCredential:
    name: str
    valid_to: date | None


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
    return render(request, "public/people/people.html", context)


@login_not_required
@require_safe
def person(request, slug):
    """One person. The number in the address finds them, so a link outlives a change of name."""
    number = NUMBER_AT_THE_END.search(slug)
    someone = get_object_or_404(Practitioner.objects.active(), pk=number and number[1])
    if someone.slug != slug:
        return redirect(someone, permanent=True)
    now, today, table = timezone.now(), timezone.localdate(), timetable.current()
    kinds = table.visit_types_with(someone.pk, on=today)
    first = next((kind for kind in kinds if kind.is_consultation), kinds[0] if kinds else None)
    soonest = first and availability.next_open_time(Search(first, now, someone.pk, table=table))
    context = {
        "person": someone,
        "credentials": valid_credentials(table, someone.pk, on=today),
        "visit_types": kinds,
        "first": first,
        "soonest": soonest,
        "soonest_day": soonest and timezone.localdate(soonest.starts_at),
    }
    return render(request, "public/people/person.html", context)


def valid_credentials(table, practitioner, *, on):
    """This person's credentials on that day, from the timetable, with the last valid day if there is one."""
    days = [last for first, last in table.credentials.get(practitioner, []) if first <= on <= last]
    if not days:
        return []
    last_day = max(days)
    kind = CredentialKind.ULTRASOUND
    return [ValidCredential(name=kind.label, valid_to=None if last_day == timetable.FAR_AHEAD else last_day)]


@login_not_required
@require_safe
def photo(request, name):
    """The photo itself: a name is never used twice, so browsers may cache it."""
    path = settings.PHOTOS_DIR / name
    if not PHOTO_NAME.fullmatch(name) or not path.is_file():
        raise Http404
    answer = FileResponse(path.open("rb"), content_type="image/jpeg")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer
