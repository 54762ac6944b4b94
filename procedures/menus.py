"""The entries of the menus that lead to pages of this package, and which of its pages are public."""

from django.utils.translation import gettext_lazy as _

from clinic.website import public_pages
from clinic.website.navigation import Entry, may, register

register(
    "public",
    Entry("trigger-points", _("Trigger points"), 10),
    Entry("where-does-it-hurt", _("Where does it hurt?"), 20),
    Entry("procedures", _("Procedures"), 30),
    Entry("risks", _("Risks"), 40),
    Entry("search", _("Search"), 70),
)
register(
    "practice",
    Entry(
        "practice-dose-limits",
        _("Dose limits"),
        20,
        pages=("practice-dose-limits-propose", "practice-dose-limit-sign"),
        shown_to=may("procedures.sign_doselimit"),
    ),
    Entry("practice-lots", _("Recall a lot"), 50, shown_to=may("procedures.recall_lot")),
    Entry("practice-packs", _("Packs"), 55, shown_to=may("procedures.confirm_packcode")),
)
register(
    "manage",
    Entry("practice-lots", _("Recall a lot"), 30, shown_to=may("procedures.recall_lot")),
    Entry("practice-packs", _("Packs"), 35, shown_to=may("procedures.confirm_packcode")),
)
public_pages.register(
    "home",
    "trigger-points",
    "where-does-it-hurt",
    "region",
    "procedures",
    "procedure",
    "risks",
    "glossary",
    "who-should-i-see",
)
