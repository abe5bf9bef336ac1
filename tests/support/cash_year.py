"""What becomes due of the taxes of invoices on cash accounting, as a careful clerk tells it from what was received."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from invoicing.document.converting import accounting_taxes
from invoicing.document.documents import Document, TaxCategory, TaxSubtotal
from invoicing.settlement.discounts import TaxChange
from invoicing.settlement.kinds import SettlementKind
from storage.books.pool import BOOKS_FILE, Books
from tests.support.claims import Claim
from tests.support.folders import folder_of
from tests.support.raw import raw

ON_CASH = frozenset({"GB", "IT", "US"})
"""Countries whose random years are on cash accounting: with discounts, with tax withheld, with levies by place."""

ROUNDINGS = 4
"""Of a group's share, its total and its net, of what is left and of what was credited."""

NOT_MONEY = (SettlementKind.WRITE_OFF, SettlementKind.DISCOUNT, SettlementKind.CERTIFICATE)
DUE = (
    "SELECT tax_position, sum(taxable_minor), sum(tax_minor), sum(accounting_taxable_minor), sum(accounting_tax_minor)"
    " FROM settlement_taxes WHERE part = 0 AND document_id = ? GROUP BY tax_position"
)


def waits(document: Document, tax: TaxSubtotal) -> bool:
    return document.is_due_by_payment and tax.category is TaxCategory.STANDARD


def check_due(books: Books, claim: Claim) -> Counter[str]:
    """Each group that waits has become due as far as it was paid, within its roundings, and to the cent where nothing
    or all of it was. Answers what is due of all of them, taxable and tax.
    """
    invoice = claim.invoice
    with raw(folder_of(books) / BOOKS_FILE) as connection:
        kept = {position: amounts for position, *amounts in connection.execute(DUE, (invoice.id,))}
    paid, refundable = parts_paid(claim)
    found: Counter[str] = Counter()
    for position, tax in enumerate(invoice.taxes, start=1):
        if not waits(invoice, tax):
            continue
        taxable, levied, *accounting = kept.get(position, (0, 0, 0, 0))
        found.update(taxable=taxable, tax=levied)
        credited = [one for note in claim.notes for one in note.taxes if of_group(one) == of_group(tax)]
        taken = [one for paid in claim.standing for one in paid.changes if one.position == position]
        for name, minor in (("taxable_minor", taxable), ("tax_minor", levied)):
            back = sum(getattr(one, name) for one in credited)
            left = getattr(tax, name) - back - sum(getattr(one, name) for one in taken)
            wanted = left * paid + back * refundable
            exact = {paid, refundable} <= {0, 1}
            assert minor == wanted if exact else abs(minor - wanted) <= ROUNDINGS, (invoice.number, position, name)
        if (
            paid == 1
            and not claim.notes
            and not taken
            and accounting_taxes(invoice)[position - 1].tax_minor is not None
        ):
            stated = accounting_taxes(invoice)[position - 1]
            assert accounting == [stated.taxable_minor, stated.tax_minor], (invoice.number, position)
    return found


def parts_paid(claim: Claim) -> tuple[Fraction, Fraction]:
    """How much of what is left of an invoice is paid, and how much of what was credited has not gone back."""
    money = max(sum(one.amount_minor for one in claim.standing if one.kind not in NOT_MONEY), 0)
    credited = sum(note.payable_minor for note in claim.notes)
    discounts = sum(one.amount_minor for one in claim.standing if one.kind is SettlementKind.DISCOUNT)
    left = claim.invoice.payable_minor - credited - discounts
    return part(money, left), part(money - left, credited)


def part(money: int, of: int) -> Fraction:
    return Fraction(min(max(money, 0), of), of) if of else Fraction(0)


def of_group(tax: TaxSubtotal) -> tuple[object, ...]:
    return tax.category, tax.rate, tuple((place.name, place.rate) for place in tax.jurisdictions)


def by_tax_point(claim: Claim) -> list[tuple[Document, TaxSubtotal]]:
    """The groups of an invoice and its credit notes that do not wait."""
    documents = (claim.invoice, *claim.notes)
    return [(document, tax) for document in documents for tax in document.taxes if not waits(document, tax)]


def changed_at_once(claim: Claim) -> list[TaxChange]:
    """What discounts changed in such groups."""
    changes = [change for one in claim.standing for change in one.changes]
    return [one for one in changes if not waits(claim.invoice, claim.invoice.taxes[one.position - 1])]
