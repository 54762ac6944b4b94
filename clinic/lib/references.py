"""Whether a source can be looked up: a clinical number is signed for with one, not from memory."""

import re

from django.utils.translation import gettext as _

# A web address, a DOI, a number of PubMed, a book or a licence, or a journal with year, volume and page.
LOOKED_UP_BY = [
    r"\b(?:https?://|www\.)[\w-]+(?:\.[\w-]+)+",
    r"\b10\.\d{4,9}/\S+",
    r"\b(?:PMID|PMC|NBK|ISBN|EMA|NDC|MA|PL|LT/\d)[\s:/-]*\d[\d-]{3,}",
    r"\b(?:19|20)\d\d\s*;\s*\d+",
]
WORDS_OF_MEMORY = ["memory", "remember", "remembered", "my experience", "own experience", "from experience"]
WORDS_OF_MEMORY += ["everybody knows", "common knowledge", "always done", "i know", "i heard"]
FROM_MEMORY = rf"\b(?:{'|'.join(WORDS_OF_MEMORY)})\b"


def refusal_of(text):
    """Why this is no reference, in a sentence; "" when somebody else can look it up."""
    if re.search(FROM_MEMORY, text, re.IGNORECASE):
        return _("Memory and experience are no source. Name the label or paper, with its address or number.")
    if not any(re.search(pattern, text, re.IGNORECASE) for pattern in LOOKED_UP_BY):
        return _(
            "Name a source that others can look up: a web address, a DOI, a PMID or ISBN, or journal, year and page."
        )
    return ""
