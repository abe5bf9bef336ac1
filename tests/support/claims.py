"""What a clerk of a random year keeps of each document, to hold the books against."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from invoicing.document.documents import Document, DocumentKind
from invoicing.settlement.discounts import TaxChange
from invoicing.settlement.kinds import SettlementKind


@dataclass(slots=True)
class Paid:
    """What settled a document as it was answered, and whether it was reversed since. `amount_minor` is what it added to
    what was paid of the invoice: less than zero of a refund. `certified_minor` is tax that the document itself
    withholds, `changes` what is another in the taxes, and `receipt` the first that was recorded in the same act.
    """

    id: str
    document: str
    amount_minor: int
    reversed: bool = False
    kind: SettlementKind = SettlementKind.PAYMENT
    certified_minor: int = 0
    changes: tuple[TaxChange, ...] = ()
    receipt: str = ""


@dataclass(slots=True)
class Claim:
    """What became of one invoice, by the answers of the acts alone; or of a credit note for an invoice of a former
    system, which stands for itself with its amounts less than zero.
    """

    invoice: Document
    notes: list[Document] = field(default_factory=list)
    payments: list[Paid] = field(default_factory=list)

    @property
    def sign(self) -> int:
        return -1 if self.invoice.kind is DocumentKind.CREDIT_NOTE else 1

    @property
    def standing(self) -> list[Paid]:
        return [one for one in self.payments if not one.reversed]

    @property
    def paid_minor(self) -> int:
        return sum(one.amount_minor for one in self.standing)

    @property
    def certified_minor(self) -> int:
        return sum(one.certified_minor for one in self.standing)

    @property
    def given_up(self) -> bool:
        """Whether something of it was never paid, so that it is not credited."""
        return any(one.kind in (SettlementKind.DISCOUNT, SettlementKind.WRITE_OFF) for one in self.standing)

    @property
    def due_minor(self) -> int:
        return self.sign * self.invoice.payable_minor - sum(note.payable_minor for note in self.notes) - self.paid_minor

    @property
    def receivable_minor(self) -> int:
        """What is still in the books: what is due, and what the customer withheld and has not certified yet."""
        credited = sum(note.owed_minor for note in self.notes)
        return self.sign * self.invoice.owed_minor - credited - self.paid_minor - self.certified_minor

    def left(self) -> dict[int, Decimal]:
        """The quantities of the lines that no credit note has taken back, by position."""
        rest = {line.position: line.quantity for line in self.invoice.lines}
        for note in self.notes:
            for line in note.lines:
                rest[line.invoice_position] -= 0 if line.price_only else line.quantity
        return {position: quantity for position, quantity in rest.items() if quantity}
