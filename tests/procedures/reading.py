"""The sentences that a visitor reads on a page, for `clinic.reading` to measure."""

from html.parser import HTMLParser

from clinic.reading import SENTENCE_END, WORD

BLOCKS = {"p", "li", "dd", "td", "dt", "th", "h1", "h2", "h3", "div", "section", "article", "nav", "summary", "small"}
READ = {"p", "li", "dd", "td"}


class MainText(HTMLParser):
    """The sentences inside <main>, without headings, labels, links in lists and sources in small print."""

    def __init__(self):
        super().__init__()
        self.open, self.blocks, self.is_main = [], [], False

    def handle_starttag(self, tag, attrs):
        if tag == "main":
            self.is_main = True
        if tag in BLOCKS:
            self.open.append((tag, []))

    def handle_endtag(self, tag):
        if tag == "main":
            self.is_main = False
        if tag in BLOCKS and self.open:
            name, parts = self.open.pop()
            if self.is_main and name in READ:
                self.blocks.append(" ".join("".join(parts).split()))

    def handle_data(self, data):
        if self.open:
            self.open[-1][1].append(data)


def sentences_of(html):
    """Only what ends like a sentence: a button's words would make every page look easy."""
    parser = MainText()
    parser.feed(html)
    parts = [part for block in parser.blocks for part in SENTENCE_END.split(block)]
    return [part for part in parts if part.endswith((".", "!", "?", ":")) and WORD.search(part)]
