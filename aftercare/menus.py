"""The entries of the menus that lead to pages of this package, and which of its pages are public."""

from django.utils.translation import gettext_lazy as _

from clinic.website import public_pages
from clinic.website.navigation import Entry, may, register

register("manage", Entry("practice-outcomes", _("Physiotherapy in time"), 20, shown_to=may("aftercare.view_outcomes")))
register("public", Entry("aftercare", _("Aftercare"), 50))
register(
    "practice",
    Entry(
        "practice-referrals",
        _("Physiotherapy referrals"),
        30,
        pages=(
            *("practice-referral", "practice-referral-assess", "practice-referral-exercises"),
            *("practice-referral-answer", "practice-referral-take-back"),
        ),
        shown_to=may("aftercare.view_servicerequest"),
    ),
    Entry("practice-outcomes", _("Physiotherapy in time"), 40, shown_to=may("aftercare.view_outcomes")),
)
public_pages.register("aftercare")
