"""The journal entry of a settlement: what is receivable against the account of its kind, in both currencies.

A side in the document's currency has its worth in that of the books. What the two sides are worth can differ, where
money came at another rate than the invoice's: the difference is a side of its own, which is nothing in the document's
currency. So the sides of an entry sum to zero in either currency.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from invoicing.document.posting import JournalSide


@dataclass(frozen=True, slots=True)
class PostedSide:
    """A side, and what it comes to in minor units of the books' currency: more than zero for a debit, None where no
    rate is known.
    """

    side: JournalSide
    accounting_minor: int | None

    @property
    def reversed(self) -> PostedSide:
        side = JournalSide(self.side.account, self.side.credit_minor, self.side.debit_minor)
        return PostedSide(side, None if self.accounting_minor is None else -self.accounting_minor)


def debit_side(account: str, amount_minor: int, worth_minor: int | None) -> PostedSide:
    """A debit of an amount, and its worth; of less than nothing a credit."""
    return PostedSide(JournalSide(account, max(amount_minor, 0), max(-amount_minor, 0)), worth_minor)


def credit_side(account: str, amount_minor: int, worth_minor: int | None) -> PostedSide:
    """A credit of an amount, and its worth."""
    return PostedSide(JournalSide(account, 0, amount_minor), None if worth_minor is None else -worth_minor)


def difference(sides: Sequence[PostedSide]) -> int:
    """What the sides come to in the currency of the books: less than zero where money was lost, zero where no rate is
    known.
    """
    return sum(side.accounting_minor or 0 for side in sides)


def with_difference(sides: Sequence[PostedSide], *, gain: str, loss: str) -> tuple[PostedSide, ...]:
    """The sides with one for what their worths differ by, where they do (a realized exchange difference)."""
    over = difference(sides)
    if not over:
        return tuple(sides)
    return (*sides, PostedSide(JournalSide(gain if over > 0 else loss, 0, 0), -over))


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a document stands on its account of what is receivable: in its own currency, and in that of the books. What
    is owed is more than zero. `unvalued_minor` is the part, in its own currency, whose worth was never said: money was
    recorded without a rate.
    """

    open_minor: int
    worth_minor: int
    unvalued_minor: int = 0
