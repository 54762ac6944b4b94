"""What patients are told about their data: one file that the clinic edits (`PRIVACY_FILE`), read by page and retention.

The file says for how long each kind of data is kept. `retention` does it, so what is promised is what is done.
"""

import calendar
import tomllib
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache

from django.conf import settings
from django.utils.translation import ngettext

LONGEST_YEARS = 200
ON_REQUEST = ("erased", "locked")
NEWCOMERS = "newcomers"


class NoticeIsWrong(ValueError):
    """The file cannot be used. `str(error)` says for whoever edits it what is wrong, and where."""


@dataclass(frozen=True)
class Part:
    """One idea of the page. The body is written as on other public pages."""

    slug: str
    heading: str
    body: str


@dataclass(frozen=True)
class Kept:
    """One kind of data: what it is, why it is kept, for how long, and what a wish to have it removed does to it."""

    code: str
    what: str
    words: str
    why: str
    law: str
    on_request: str
    years: int = 0
    months: int = 0
    days: int = 0
    until_age: int = 0  # of somebody who was a child: at least until this age
    since: str = ""
    goes_with: str = ""
    by_hand: bool = False

    @property
    def how_long(self):
        """The time in words, as the page shows it."""
        if self.years:
            return ngettext("%d year", "%d years", self.years) % self.years
        if self.months:
            return ngettext("%d month", "%d months", self.months) % self.months
        return ngettext("%d day", "%d days", self.days) % self.days

    @property
    def has_rule(self):
        """Retention removes it by a rule of its own."""
        return not self.by_hand and not self.goes_with

    @property
    def is_of_newcomers(self):
        """Only of those who never came."""
        return self.code == NEWCOMERS

    @property
    def is_locked_on_request(self):
        return self.on_request == "locked"

    def before(self, at):
        """The instant before which what happened need not be kept any longer."""
        return _months_before(at, 12 * self.years + self.months) - timedelta(days=self.days)


@dataclass(frozen=True)
class Notice:
    """The whole file. Until it is `in_force` it is a draft: retention removes nothing by itself."""

    in_force: bool
    title: str
    lead: str
    ask: str
    email: str
    authority: str
    authority_url: str
    before: list[Part] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    after: list[Part] = field(default_factory=list)

    def kept_as(self, code):
        """Raises KeyError for what the file does not name."""
        return {one.code: one for one in self.kept}[code]


def read():
    """The notice as the file says it now. Raises NoticeIsWrong."""
    try:
        changed = settings.PRIVACY_FILE.stat().st_mtime_ns
    except OSError as error:
        raise NoticeIsWrong(f"{settings.PRIVACY_FILE} cannot be read: {error.strerror}.") from error
    return _read(settings.PRIVACY_FILE, changed)


@lru_cache(maxsize=4)
def _read(path, changed):
    try:
        text = tomllib.loads(path.read_text())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NoticeIsWrong(f"{path}: {error}") from error
    try:
        who = text.pop("who")
        kept = [_kept(row) for row in text.pop("kept")]
        parts = {name: [Part(**row) for row in text.pop(name, [])] for name in ("before", "after")}
        return Notice(**text, **who, **parts, kept=kept)
    except (TypeError, KeyError) as error:
        raise NoticeIsWrong(f"{path}: {error}") from error


def _kept(row):
    one = Kept(**{"since" if name == "from" else name: value for name, value in row.items()})
    if one.on_request not in ON_REQUEST:
        raise NoticeIsWrong(f"{one.code}: on_request is erased or locked, not {one.on_request!r}.")
    times = [one.years, one.months, one.days]
    if sum(map(bool, times)) != 1 or not all(type(time) is int and time >= 0 for time in times):
        raise NoticeIsWrong(f"{one.code}: give whole years, months or days, one of them.")
    if one.years > LONGEST_YEARS:
        raise NoticeIsWrong(f"{one.code}: nobody keeps anything for {one.years} years.")
    return one


def _months_before(at, months):
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, calendar.monthrange(year, month + 1)[1]))


def years_after(day, years):
    """The same civil day so many years later; 29 February becomes the 28th."""
    year = day.year + years
    return day.replace(year=year, day=min(day.day, calendar.monthrange(year, day.month)[1]))
