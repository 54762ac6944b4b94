"""What owners register when the clinic starts: the code below looks it up by code and knows none by name."""


class AlreadyRegistered(Exception):
    """Two owners want the same code."""


class NotRegistered(LookupError):
    """Nobody registered this code: its package is not installed, or the code is misspelt."""


class Registry:
    """Things of one kind by their `code`, in the order in which they were registered.

    `what` names them in errors: "kind of work item".
    """

    def __init__(self, what):
        self.what = what
        self._by_code = {}

    def register(self, thing):
        """Returns it. Registering it again changes nothing; raises AlreadyRegistered for another with the same code."""
        if self._by_code.setdefault(thing.code, thing) != thing:
            raise AlreadyRegistered(f"There is a {self.what} with the code {thing.code!r} already.")
        return thing

    def unregister(self, thing):
        """For tests that register something of their own."""
        del self._by_code[thing.code]

    def get(self, code):
        """Raises NotRegistered, with the codes that there are."""
        try:
            return self._by_code[code]
        except KeyError:
            raise NotRegistered(f"No {self.what} has the code {code!r}, only {', '.join(self._by_code)}.") from None

    def find(self, code):
        """None if nobody registered the code, as in a row of a package that was uninstalled."""
        return self._by_code.get(code)

    def __iter__(self):
        return iter(self._by_code.values())

    def __contains__(self, code):
        return code in self._by_code
