"""Pages that are the same for everybody who is not signed in: search engines know them, and the page cache holds them.

Each package registers its own when it starts.
"""

from dataclasses import dataclass

from clinic.lib.registry import Registry


@dataclass(frozen=True)
class PublicPage:
    """`code` is the name of its address."""

    code: str


PUBLIC_PAGES = Registry("public page")


def register(*names):
    for name in names:
        PUBLIC_PAGES.register(PublicPage(name))


def names():
    """Names of addresses, some of which need arguments."""
    return [page.code for page in PUBLIC_PAGES]
