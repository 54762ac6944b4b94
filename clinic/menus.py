"""The entries of the menus that lead to pages of this package, and which of its pages are public."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models import EmergencyAccess, WorkItem
from clinic.website import public_pages
from clinic.website.navigation import Entry, may, register


def due_work(user):
    """How many things a person at the desk has to do now."""
    return WorkItem.objects.visible_to(user).due(at=timezone.now()).count()


def unreviewed(user):
    """How many patients were opened in an emergency, and nobody has looked at why."""
    return EmergencyAccess.objects.filter(reviewed_at=None).count()


def treats(user):
    return getattr(user, "treats_as", None) is not None


register(
    "workplaces",
    Entry("admin:index", _("Manage"), 10, shown_to=lambda user: user.is_staff),
    Entry("desk", _("Desk"), 20, shown_to=may("clinic.view_workitem")),
    Entry("practice", _("Practice"), 30, shown_to=treats),
    Entry("my", _("My visits"), 40, shown_to=lambda user: not user.is_colleague),
)
register(
    "public",
    Entry("people", _("People"), 60),
    Entry("book", _("Book a visit"), 80, is_main=True),
)
register(
    "desk",
    Entry(
        "desk",
        _("Day"),
        10,
        pages=(
            *("desk-day-sheet", "desk-check-in-code", "desk-appointment"),
            *("desk-cancel", "desk-undo-cancel", "desk-move", "desk-move-to"),
        ),
    ),
    Entry(
        "desk-patients",
        _("Patients"),
        20,
        pages=(
            "desk-patient",
            "desk-duplicates",
            "desk-merge",
            "desk-file",
            "desk-name",
            "desk-death",
            "desk-lives",
            "desk-contact-new",
            "desk-contact-end",
            *("desk-access", "desk-access-grant", "desk-access-end"),
        ),
    ),
    Entry(
        "desk-book",
        _("Book"),
        30,
        pages=("desk-book-patient", "desk-book-new"),
        shown_to=may("clinic.book_for_patients"),
    ),
    Entry("desk-work", _("Work"), 40, pages=("desk-affected", "desk-booking-requests"), count=due_work),
    Entry("desk-messages", _("Messages"), 50, pages=("desk-message", "desk-received", "desk-incoming")),
    Entry("desk-hours", _("Hours"), 60, pages=("desk-hours-add", "desk-hours-change", "desk-hours-remove")),
)
register(
    "practice",
    Entry(
        "practice",
        _("My day"),
        10,
        pages=("practice-visit", "practice-messages", "practice-received"),
        shown_to=treats,
    ),
    Entry("practice-patients", _("Patients"), 15, shown_to=treats),
    Entry(
        "practice-approvals",
        _("Approvals"),
        25,
        pages=("practice-approval", "practice-approval-as-it-is"),
        shown_to=may("clinic.approve_clinical_change"),
    ),
    Entry(
        "practice-emergency",
        _("Another patient"),
        35,
        pages=("practice-emergency-patient",),
        shown_to=may("clinic.open_in_emergency"),
    ),
)
register(
    "manage",
    Entry("admin:index", _("Catalogue"), 1, shown_to=lambda user: user.is_staff),
    Entry(
        "manage-colleagues",
        _("Colleagues"),
        5,
        pages=(
            *("manage-colleague", "manage-colleague-invite", "manage-colleague-role"),
            *("manage-colleague-name", "manage-colleague-end"),
        ),
        shown_to=may("clinic.view_employment"),
    ),
    Entry(
        "manage-emergency",
        _("Opened in an emergency"),
        6,
        pages=("manage-emergency-review",),
        shown_to=may("clinic.review_emergency_access"),
        count=unreviewed,
    ),
    Entry("desk-hours", _("Hours"), 10, shown_to=may("clinic.change_workinghours")),
)
register("manage", Entry("manage-removals", _("Removal of data"), 60, shown_to=may("clinic.remove_data")))
register(
    "manage",
    Entry(
        "manage-second-factors",
        _("Second factors"),
        50,
        pages=("manage-second-factor-reset",),
        shown_to=may("clinic.change_employment"),
    ),
)
register("manage", Entry("manage-audit", _("Who did what"), 90, shown_to=may("clinic.search_audit_trail")))
public_pages.register("people", "person", "clinic", "book", "privacy")
