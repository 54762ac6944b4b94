"""What a page is made of: each kind of element with the kinds that contain it, whatever its text."""

import re
from html.parser import HTMLParser

NEVER_CLOSED = set("area base br col embed hr img input link meta source track wbr path circle rect line".split())
# Django's own pages name models and fields in their classes; the board of the desk names hours and minutes.
OF_A_FIELD = re.compile(
    r"(app|model|field|column|fieldBox|from|to|first|dynamic)-|last-related|empty-form|inline-related"
)


class Structure(HTMLParser):
    """`parts` are the paths of its elements, `links` where it leads, `title` what it is called."""

    def __init__(self, html):
        super().__init__()
        self.way, self.parts, self.links, self.title, self.heading_count = [], set(), [], "", 0
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        classes = sorted(name for name in (values.get("class") or "").split() if not OF_A_FIELD.match(name))
        kind = " ".join(filter(None, [tag, values.get("type"), *classes]))
        self.parts.add(" > ".join([*(kind for _tag, kind in self.way), kind]))
        self.heading_count += tag == "h1"
        if tag == "a" and (values.get("href") or "").startswith("/"):
            self.links.append(values["href"].partition("#")[0])
        if tag not in NEVER_CLOSED:
            self.way.append((tag, kind))

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in NEVER_CLOSED:
            self.way.pop()

    def handle_endtag(self, tag):
        while any(opened == tag for opened, _kind in self.way):
            if self.way.pop()[0] == tag:
                break

    def handle_data(self, data):
        if self.way and [tag for tag, _kind in self.way[-2:]] == ["head", "title"]:
            self.title += data
