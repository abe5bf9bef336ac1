"""The sums of all exported documents by currency, tax rate and category: what a tax return asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from invoicing.document.breakdown import Breakdown
from invoicing.exports.cells import Cells, shortest
from invoicing.money.amounts import to_major


@dataclass(slots=True)
class _Sums:
    taxable_minor: int = 0
    tax_minor: int = 0
    accounting_taxable_minor: int = 0
    accounting_tax_minor: int = 0
    documents: int = 0


# Currency, accounting currency (empty where no rate is known), category, rate, and the tax's name.
_Key = tuple[str, str, str, Decimal, str]


class TaxSummary:
    """Adds documents up as they pass; it holds one row per rate and category and no document."""

    def __init__(self) -> None:
        self._sums: dict[_Key, _Sums] = {}

    def add(self, currency: str, broken: Breakdown) -> None:
        """Count a document's tax groups; several stacks of one rate are one row, and the document counts once there."""
        accounting = broken.accounting.currency if broken.accounting else ""
        touched: set[_Key] = set()
        for group in broken.groups:
            key = (currency, accounting, group.of.category.value, shortest(group.of.rate), group.of.label)
            sums = self._sums.setdefault(key, _Sums())
            sums.taxable_minor += group.shares.net_minor
            sums.tax_minor += group.shares.tax_minor
            sums.accounting_taxable_minor += group.shares.accounting_net_minor or 0
            sums.accounting_tax_minor += group.shares.accounting_tax_minor or 0
            touched.add(key)
        for key in touched:
            self._sums[key].documents += 1

    def rows(self) -> Iterator[Cells]:
        """The rows by currency, and the highest rate first; no two are of one currency, rate, category and name."""
        for key, sums in sorted(self._sums.items(), key=lambda item: (*item[0][:2], -item[0][3], *item[0][2::2])):
            currency, accounting, category, rate, label = key
            yield {
                "currency": currency,
                "tax_category": category,
                "tax_rate": rate,
                "tax_label": label,
                "taxable": to_major(sums.taxable_minor, currency),
                "tax": to_major(sums.tax_minor, currency),
                "accounting_currency": accounting,
                "accounting_taxable": to_major(sums.accounting_taxable_minor, accounting) if accounting else "",
                "accounting_tax": to_major(sums.accounting_tax_minor, accounting) if accounting else "",
                "documents": Decimal(sums.documents),
            }
