"""What is read on a page, in a letter, in a text of the catalogue; and how hard it is.

Headings, cells of tables and items of lists each end a sentence. Numbers, times, links and what can be typed or
chosen from a menu are not read.
"""

import ast
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from clinic.website.readability import grade, sentences, words_of
from tests.pages.structure import NEVER_CLOSED

MAX_WORDS, WORDS_ON_AVERAGE, HARDEST = 20, 12, 5.0
PHRASE, HARDEST_ALONE = 5, 12.0  # words; the grade of a single sentence with at least that many
FEW, LOWEST = 10, -9.9  # words; the grade of fewer
INLINE = set("a abbr b bdi cite code data dfn em i kbd mark q s small span strong sub sup time u wbr".split())
NOT_READ = {"script", "style", "template", "svg", "select", "textarea", "datalist"}
ADDRESSES = re.compile(r"https?://\S+|[\w.-]+\.[a-z]{2,}/\S*|[\w.+-]+@[\w.-]+")
TRANSLATED = re.compile(
    r"{%\s*blocktrans(?:late)?\b[^%]*%}(?P<block>.*?){%\s*endblocktrans(?:late)?\s*%}"
    r"""|{%\s*trans(?:late)?\s+(?P<quoted>"[^"]*"|'[^']*')|_\((?P<argument>"[^"]*"|'[^']*')\)""",
    re.DOTALL,
)
VARIABLE, PLURAL = re.compile(r"{{.*?}}|%\(\w+\)[sd]"), re.compile(r"{%\s*plural\s*%}")
GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
WHAT = ["grade_of_all", "grade_of_sentences", "longest", "average"]
# Takes the place of a variable: a name or a number.
FILLED_IN = "Xx"


class MainText(HTMLParser):
    """`lines`: the content of <main>, one line per block."""

    def __init__(self, html):
        super().__init__()
        self.lines, self.way = [""], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        is_block = tag not in INLINE or "button" in (values.get("class") or "")
        if is_block:
            self.lines.append("")
        if tag not in NEVER_CLOSED:
            self.way.append((tag, is_block, tag in NOT_READ or "hidden" in values))

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in NEVER_CLOSED:
            self.way.pop()

    def handle_endtag(self, tag):
        while any(opened == tag for opened, *_rest in self.way):
            opened, is_block, _is_left_out = self.way.pop()
            if is_block:
                self.lines.append("")
            if opened == tag:
                break

    def handle_data(self, data):
        is_read = not any(is_left_out for *_rest, is_left_out in self.way)
        if is_read and any(tag == "main" for tag, *_rest in self.way):
            self.lines[-1] += data


@dataclass
class Text:
    """What is read in one place. Repeated text, such as the buttons of forty times, is read once."""

    of: str
    text: str
    names: frozenset = field(default=frozenset(), repr=False)

    def __post_init__(self):
        self.read = list(dict.fromkeys(sentences(ADDRESSES.sub("", self.text))))
        # A heading or a button's text would make every page look easy.
        self.whole = [each for each in self.read if each.rstrip("”\")'").endswith((".", "!", "?"))]

    @property
    def grade(self):
        return max(self.grade_of_all, self.grade_of_sentences)

    @property
    def grade_of_all(self):
        return self._grade(self.read)

    @property
    def grade_of_sentences(self):
        return self._grade(self.whole)

    @property
    def longest(self):
        return max(map(length, self.read), default=0)

    @property
    def average(self):
        return sum(map(length, self.whole)) / len(self.whole) if self.whole else 0.0

    def _grade(self, several):
        """A few words have no meaningful grade; a single long one would decide it."""
        words = [word for sentence in several for word in words_of(sentence)]
        is_few = sum(word not in self.names and word.lower() not in self.names for word in words) < FEW
        return LOWEST if is_few else grade(several, self.names)

    def faults(self):
        """What is wrong with it, one line per problem."""
        if self.grade > HARDEST:
            hardest = sorted(self.read, key=lambda each: grade([each], self.names), reverse=True)[:3]
            yield f"{self.of}: grade {self.grade:.1f}, hardest: {' | '.join(hardest)}"
        for sentence in self.read:
            alone = grade([sentence], self.names)
            if sentence in self.whole and length(sentence) >= PHRASE and alone > HARDEST_ALONE:
                yield f"{self.of}: grade {alone:.1f}: {sentence}"
            if length(sentence) > MAX_WORDS:
                yield f"{self.of}: {length(sentence)} words: {sentence}"
        if self.average > WORDS_ON_AVERAGE:
            yield f"{self.of}: {self.average:.1f} words on average: {' | '.join(self.whole)}"


class Part(Text):
    """A part of a page. Only the page has an average: here labels are alone, on the page they are between sentences."""

    average = 0.0
    grade_of_all = LOWEST


def length(sentence):
    return len(words_of(sentence))


def text_of_page(html):
    return "\n".join(" ".join(line.split()) for line in MainText(html).lines)


def text_of_template(path):
    """Everything it can say, also in branches that were not taken: all of it goes through gettext."""
    units = []
    for found in TRANSLATED.finditer(Path(path).read_text()):
        words = found["block"] or (found["quoted"] or found["argument"] or "")[1:-1]
        if " trimmed" in found[0].partition("%}")[0]:
            words = " ".join(words.split())
        units += PLURAL.split(words)
    return "\n".join(VARIABLE.sub(FILLED_IN, unit) for unit in units)


def text_of_module(path):
    """Every text that a Python module can say through gettext."""
    calls = [node for node in ast.walk(ast.parse(Path(path).read_text())) if isinstance(node, ast.Call)]
    called = [call for call in calls if getattr(call.func, "id", "") in GETTEXT]
    strings = [one.value for call in called for one in call.args if isinstance(one, ast.Constant)]
    return "\n".join(VARIABLE.sub(FILLED_IN, text) for text in strings if isinstance(text, str))


def table(by_name):
    """One line per name, with the worst of its texts, the hardest first."""
    lines = [f"{'':44} grade  of sentences  longest  average"]
    for name, texts in sorted(by_name.items(), key=lambda item: -max(text.grade for text in item[1])):
        worst = [max(getattr(text, what) for text in texts) for what in WHAT]
        grades = ["-" if number == LOWEST else f"{number:.1f}" for number in worst[:2]]
        lines.append("{:44} {:>5}  {:>12}  {:7}  {:7.1f}".format(name[:44], *grades, *worst[2:]))
    return "\n".join(lines)
