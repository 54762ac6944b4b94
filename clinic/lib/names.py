"""Names of people as a passport may write them.

What keyboards, phones and copying put into a name by mistake is made right: invisible characters, letters of another
alphabet that look the same, signs that look like an apostrophe or a hyphen. What no name has is refused: digits, and
anything that a reader's mail program would turn into a link.
"""

import re
import unicodedata

from clinic.lib.texts import without_invisible

ALIKE = {
    "CYRILLIC": ("АВЕЅІЈКМНОРСТУХаеорсухіјѕһԁԛԝ", "ABESIJKMHOPCTYXaeopcyxijshdqw"),
    "GREEK": ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo"),
}
TO_LATIN = {script: str.maketrans(*letters) for script, letters in ALIKE.items()}
FROM_LATIN = {script: str.maketrans(*reversed(letters)) for script, letters in ALIKE.items()}
SIGNS = str.maketrans({**dict.fromkeys("`´‘‛′", "’"), **dict.fromkeys("‐‑‒–—―−⁃", "-")})
IN_NAMES = set("-'’.,·‧()־׳״・゠՚")
RELATION = re.compile(r"(?<!\S)\w/\w(?!\S)")  # A/L, S/O: whose son or daughter, in Malaysia and Singapore
ALIAS = re.compile(r"(?<=\S) @ (?=\S)")  # also known as, in the same passports
TITLE = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2})")
LINK = re.compile(r"\w\.\w{2}|[@/\\:]|(?<!\w)www(?!\w)", re.IGNORECASE)
ADDRESS_SIGNS = re.compile(r"[.:/@]+")
WORD = re.compile(r"[^\W\d_]+")
MOST_MARKS = 4  # on one letter


def made_right(typed):
    """The name as its owner means it, on one line."""
    name = " ".join(without_invisible(typed.translate(SIGNS)).split())
    name = WORD.sub(lambda word: _in_one_alphabet(word[0]), name)
    return TITLE.sub(lambda dot: ". " if _is_capital(name, dot.end()) else ".", _with_few_marks(name)).strip()


def carries_an_address(name):
    """Whether it holds a link, a mail address, or what a mail program makes one of: "evil.example"."""
    return bool(LINK.search(_without_what_only_looks_so(name)))


def without_address(name):
    """The same name, of which no mail program and no phone makes a link: those written before that was refused, too."""
    return " ".join(ADDRESS_SIGNS.sub(" ", name).split()) if carries_an_address(name) else name


def has_only_letters(name):
    """No digits and no signs but those that part names."""
    rest = _without_what_only_looks_so(name)
    return all(unicodedata.category(each)[0] in "LM" or each == " " or each in IN_NAMES | JOINERS for each in rest)


def has_a_letter(name):
    return any(each.isalpha() for each in name)


def _without_what_only_looks_so(name):
    return ALIAS.sub(" ", RELATION.sub(" ", name))


def _is_capital(name, place):
    """ "St.John" is "St. John"; "evil.com" stays, and is refused."""
    return name[place].isupper() and not name[place + 1].isupper()


def _in_one_alphabet(word):
    scripts = {_script(letter) for letter in word}
    if "LATIN" not in scripts or len(scripts) != 2:
        return word
    (other,) = scripts - {"LATIN"}
    for table, is_translated in ((TO_LATIN, "LATIN"), (FROM_LATIN, other)):
        written = word.translate(table.get(other, {}))
        if {_script(letter) for letter in written} == {is_translated}:
            return written
    return word


def _script(letter):
    return unicodedata.name(letter, "").partition(" ")[0]


def _with_few_marks(name):
    kept, marks = [], 0
    for each in unicodedata.normalize("NFD", name):
        marks = marks + 1 if unicodedata.combining(each) else 0
        if marks <= MOST_MARKS:
            kept.append(each)
    return unicodedata.normalize("NFC", "".join(kept))


JOINERS = {"\u200c", "\u200d"}  # some scripts need them inside a name
