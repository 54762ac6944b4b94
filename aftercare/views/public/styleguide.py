"""The style guide: the parts of all pages in every state, built from the real templates. Only the demo has it."""

from itertools import groupby

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from aftercare.demo import samples
from clinic.website.design_tokens import SCHEMES, tokens


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def styleguide(request):
    """`?scheme=dark` shows it in the dark. Its buttons are real and send nothing anywhere."""
    _only_in_demo()
    if request.method == "POST":
        messages.info(request, _("This was a sample. Nothing was sent."))
        return redirect("styleguide")
    scheme = request.GET.get("scheme")
    context = {
        "scheme": scheme if scheme in SCHEMES else "",
        "tokens": tokens(),
        "uses": list(_by_use(tokens())),
        "spaces": tokens().named("space-"),
        "corners": tokens().named("radius-"),
        **samples.all_samples(),
    }
    return render(request, "public/website/styleguide/styleguide.html", context)


@login_not_required
@never_cache
@require_safe
def tokens_css(request):
    """The tokens again, for a part of a page that is light or dark whatever the device prefers."""
    _only_in_demo()
    return HttpResponse(tokens().as_classes(), content_type="text/css")


def _by_use(found):
    """What each pair is for, with its pairs in the light and in the dark."""
    for (use, text, least), pairs in groupby(found.pairs(), key=lambda pair: (pair.use, pair.text, pair.least)):
        pairs = list(pairs)
        yield {"use": use, "text": text, "least": least, "schemes": [pairs[::2], pairs[1::2]]}


def _only_in_demo():
    if not settings.DEMO:
        raise Http404
