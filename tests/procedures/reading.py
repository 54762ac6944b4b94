"""How hard a page is to read: Flesch-Kincaid grade of the sentences that a visitor reads on it."""

import re
from html.parser import HTMLParser

BLOCKS = {"p", "li", "dd", "td", "dt", "th", "h1", "h2", "h3", "div", "section", "article", "nav", "summary", "small"}
READ = {"p", "li", "dd", "td"}
SENTENCE_END = re.compile(r"(?<=[.!?:])\s+")
WORD = re.compile(r"[A-Za-z']+")


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


def words_of(sentence):
    return WORD.findall(sentence)


def syllables(word):
    """Groups of vowels, less a silent "e" or "ed" at the end."""
    word = word.lower().strip("'")
    count = len(re.findall(r"[aeiouy]+", word))
    is_silent = re.search(r"[^aeiouyl]e$|[aeiouy]le$|[^aeioutdy]es$|[^aeiouytd]ed$|[aeiouy]re$", word)
    if is_silent and not re.search(r"[cgsxz]es$|shes$|ches$", word):
        count -= 1
    return max(count, 1)


def grade(sentences, names=frozenset()):
    """Flesch-Kincaid grade level; `names` are words that cannot be said in a plainer way."""
    words = [word for sentence in sentences for word in words_of(sentence) if word.lower() not in names]
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
