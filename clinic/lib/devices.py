"""What people call a browser."""

import re

# In this order: each also calls itself by the names of those below.
BROWSERS = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox|FxiOS", "Firefox"),
    ("Chrome|CriOS", "Chrome"),
    ("Safari", "Safari"),
]
SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
]


def words_of(user_agent):
    """("Firefox", "Windows") of a browser's own words; empty where they say nothing known."""
    return _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)


def _first(names, words):
    return next((name for pattern, name in names if re.search(pattern, words)), "")
