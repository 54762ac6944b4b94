"""Requests that no browser sends and nothing here can read: refused before a page looks at them."""

import codecs

LARGEST_NUMBER = 2**63 - 1  # of a row, in both databases
NUL = "\0", "%00"


class NotReadable(Exception):
    """`status` is the answer of HTTP."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


def check(request):
    """Raises NotReadable for an address with NUL in it (PostgreSQL stores none), and for words that are not UTF-8."""
    if "\0" in request.path_info or any(nul in request.META["QUERY_STRING"] for nul in NUL):
        raise NotReadable(400)
    if not _is_utf8(request.content_params.get("charset", "utf-8")):
        raise NotReadable(415)


def forget_unreadable_cookies(request):
    for name in [name for name, value in request.COOKIES.items() if "\0" in value]:
        del request.COOKIES[name]


def can_be_a_row(numbers):
    """Whether numbers from an address may be those of rows; others are of none, and the database would refuse them."""
    return all(abs(number) <= LARGEST_NUMBER for number in numbers if isinstance(number, int))


def _is_utf8(charset):
    try:
        return codecs.lookup(charset).name in ("utf-8", "ascii")
    except (LookupError, ValueError):
        return False
