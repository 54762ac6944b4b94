"""What somebody has typed into a record in several windows: which of it a page shows, and what stands beside it."""

from dataclasses import dataclass, field

from clinic.views.shared.unsent_pages import typed_before
from procedures.forms.practice.record_comparison import differences
from procedures.models import TypedRecord
from procedures.records import autosave


@dataclass(frozen=True)
class Beside:
    """Another version of the record and how it differs. `row`: typed in another window; None for the saved draft."""

    differences: list
    row: TypedRecord | None = None
    mark: str = ""


@dataclass(frozen=True)
class Windows:
    """For the page: `typed` is what its form shows, if it was typed in a window before; `goes_on` names that window."""

    typed: TypedRecord | None = None
    goes_on: str = ""
    beside: list = field(default_factory=list)


@dataclass(frozen=True)
class Shown:
    """What the form begins with: `data` as it was typed, None for the draft as it was saved."""

    data: dict | None
    seen: str
    row: TypedRecord | None
    others: list
    is_stale: bool = False

    def beside(self, forms, procedure):
        found = [_draft_beside(forms, procedure)] if self.is_stale and procedure else []
        found += [_typed_beside(forms, row) for row in self.others]
        typed = self.row if self.row and self.data is self.row.data else None
        return Windows(typed, autosave.mark(self.row), [each for each in found if each.differences])


def first_shown(request, appointment, *, version):
    """A form that could not be sent; else the window that was asked for, or the newest typed since the draft was saved.

    What was typed before somebody saved the draft anew is shown beside it, for whoever reads it to decide.
    """
    rows = autosave.typed_of(appointment, by=request.user)
    if before := typed_before(request):
        row = next((row for row in rows if row.page == before.get("page")), None)
        data, seen = before.dict(), before.get("seen", "")
        return Shown(data, seen, row, _without(rows, row), is_stale=seen != version)
    asked = request.GET.get("typed", "")
    row = next((row for row in rows if str(row.pk) == asked), None)
    row = row or next((row for row in rows if row.seen == version), None)
    is_stale = row is not None and row.seen != version
    return Shown(row.data if row else None, version, row, _without(rows, row), is_stale=is_stale)


def of_sent(request, appointment):
    """The page is shown again: what it has saved so far is superseded once the new one saves."""
    rows = autosave.typed_of(appointment, by=request.user)
    row = next((row for row in rows if row.page == request.POST.get("page")), None)
    return Windows(goes_on=autosave.mark(row) or request.POST.get("goes_on", ""))


def beside_the_draft(request, forms, procedure):
    """Somebody has saved another draft meanwhile: its words beside those that were sent."""
    goes_on = of_sent(request, forms.appointment).goes_on
    return Windows(goes_on=goes_on, beside=[_draft_beside(forms, procedure)] if procedure else [])


def _draft_beside(forms, procedure):
    return Beside(differences(forms, forms.beside(procedure=procedure)))


def _typed_beside(forms, row):
    return Beside(differences(forms, forms.beside(typed=row.data)), row, autosave.mark(row))


def _without(rows, row):
    return [each for each in rows if each is not row]
