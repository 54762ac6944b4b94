"""Addresses that open a page by themselves: whoever has one needs nothing else, so it is noted nowhere.

What is secret in an address is called `token`, `code` or `key` in the URLconf.
"""

SECRET_PARTS = frozenset({"token", "code", "key"})


def is_secret(match):
    """Whether an address that was resolved (`request.resolver_match`, or None) holds a secret."""
    return bool(match and SECRET_PARTS & match.kwargs.keys())


def secrets_in(request):
    """The secrets in the address of a request, the longest first; none for anything else."""
    match = getattr(request, "resolver_match", None)
    if not is_secret(match):
        return []
    return sorted((str(match.kwargs[part]) for part in SECRET_PARTS & match.kwargs.keys()), key=len, reverse=True)
