"""Mistyped mail domains: what somebody may have meant. An offer, never a refusal: small providers look like typos."""

from rapidfuzz.distance import OSA

# Where most people's private mail is, with those that look like another one but are right
KNOWN = [
    *("gmail.com", "googlemail.com", "yahoo.com", "ymail.com", "outlook.com", "hotmail.com", "live.com", "msn.com"),
    *("icloud.com", "aol.com", "mail.com", "email.com", "proton.me", "protonmail.com", "gmx.com", "gmx.net", "gmx.de"),
    *(
        "web.de",
        "t-online.de",
        "yahoo.co.uk",
        "hotmail.co.uk",
        "btinternet.com",
        "orange.fr",
        "wanadoo.fr",
        "libero.it",
    ),
    *("inbox.lt", "takas.lt", "inbox.lv", "mail.ee", "mail.ru", "yandex.ru", "onet.pl", "interia.pl", "seznam.cz"),
]
SHORTEST = 8  # letters: shorter ones are too near to each other
LONG = 10  # letters: from here on two mistakes may be meant
ENDINGS = {"con": "com", "cmo": "com", "ocm": "com", "vom": "com", "xom": "com", "comm": "com", "coom": "com"}


def meant(address):
    """The address that was probably meant by this one; "" when it looks right."""
    name, at, domain = address.rpartition("@")
    if not name or domain.lower() in KNOWN:
        return ""
    better = _known_near(domain.lower()) or _with_right_ending(domain.lower())
    return f"{name}{at}{better}" if better else ""


def _known_near(domain):
    """The known domain with one letter wrong, left out, too many or in the wrong place; in a long one, two."""
    distance, known = min((OSA.distance(domain, known), known) for known in KNOWN)
    most = 2 if len(known) >= LONG else 1
    return known if distance <= most and len(known) >= SHORTEST else ""


def _with_right_ending(domain):
    rest, _dot, ending = domain.rpartition(".")
    return f"{rest}.{ENDINGS[ending]}" if rest and ending in ENDINGS else ""
