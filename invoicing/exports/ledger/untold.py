"""What a format could not say, by the numbers of the documents that it is about."""

from __future__ import annotations

from invoicing.text.typed import counted

_NAMED_MAX = 10


class Untold:
    """Collects the numbers, each once; names the first ten, so that a note stays a note."""

    def __init__(self) -> None:
        self._numbers: dict[str, dict[str, None]] = {}

    def without_rate(self, number: str) -> None:
        self.add("Not in the batch, for there is no exchange rate; to be entered by hand", number)

    def worthless(self, number: str) -> None:
        self.add("Not in the batch, for an amount comes to 0.00 EUR", number)

    def taxed_apart(self, number: str) -> None:
        self.add("Tax for which there is no key has a row of its own", number)

    def renamed(self, number: str) -> None:
        self.add("Belegfeld 1 cannot hold the number as it is, the text has it", number)

    def notes(self) -> tuple[str, ...]:
        return tuple(f"{what}: {_named(list(numbers))}." for what, numbers in self._numbers.items())

    def add(self, what: str, number: str) -> None:
        """`what` is the sentence before the numbers, without its colon."""
        self._numbers.setdefault(what, {})[number] = None


def _named(numbers: list[str]) -> str:
    more = len(numbers) - _NAMED_MAX
    return ", ".join(numbers[:_NAMED_MAX]) + (f" and {counted(more, 'more document')}" if more > 0 else "")
