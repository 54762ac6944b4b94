"""Pages of long lists that nobody counts: one row more than fits on a page says whether there is another.

They have the names of Django's own pages, so that one template shows both.
"""

from dataclasses import dataclass

PAGE_ROWS = 50
LAST_PAGE = 1_000  # beyond that a search is faster, for the database too


@dataclass(frozen=True)
class Page:
    rows: list
    number: int
    has_next: bool

    @property
    def has_previous(self):
        return self.number > 1

    @property
    def has_other_pages(self):
        return self.has_previous or self.has_next

    @property
    def next_page_number(self):
        return self.number + 1

    @property
    def previous_page_number(self):
        return self.number - 1


def page_of(rows, request):
    """The page of `rows` (a QuerySet) that the address asks for; a page that makes no sense is the first."""
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    number = min(max(number, 1), LAST_PAGE)
    start = (number - 1) * PAGE_ROWS
    found = list(rows[start : start + PAGE_ROWS + 1])
    return Page(rows=found[:PAGE_ROWS], number=number, has_next=len(found) > PAGE_ROWS and number < LAST_PAGE)
