"""What tells lines of the same rate apart, where a document has several taxes of that rate."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from invoicing.document.documents import Document, JurisdictionRate, JurisdictionTax, Line, TaxCategory, TaxSubtotal

_Stack = tuple[tuple[str, Decimal], ...]
_Key = tuple[Decimal, TaxCategory, _Stack]


@dataclass(frozen=True, slots=True)
class TaxMarks:
    """Marks by rate, category and jurisdictions: the category's code where several categories share a rate, and a
    number in brackets where several places do.
    """

    marks: dict[_Key, str]

    @classmethod
    def of(cls, document: Document) -> TaxMarks:
        """The marks of a document; a rate that only one tax has needs none."""
        keys = list(dict.fromkeys(_key(tax) for tax in document.taxes))
        of_rate = Counter(rate for rate, _ in {(rate, category) for rate, category, _ in keys})
        of_category = Counter((rate, category) for rate, category, _ in keys)
        numbers: Counter[tuple[Decimal, TaxCategory]] = Counter()
        marks: dict[_Key, str] = {}
        for key in keys:
            rate, category, _ = key
            parts = [category.value] if of_rate[rate] > 1 else []
            if of_category[rate, category] > 1:
                numbers[rate, category] += 1
                parts.append(f"({numbers[rate, category]})")
            marks[key] = " ".join(parts)
        return cls(marks)

    def of_line(self, line: Line) -> str:
        """The mark that a line bears beside its rate, or nothing."""
        return self.marks.get((line.tax_rate, line.tax_category, _stack(line.jurisdictions)), "")

    def of_tax(self, tax: TaxSubtotal) -> str:
        """The mark that a tax bears in the summary, so that a reader finds what the marks of the lines mean."""
        return self.marks[_key(tax)]


def _key(tax: TaxSubtotal) -> _Key:
    return tax.rate, tax.category, _stack(tax.jurisdictions)


def _stack(parts: tuple[JurisdictionRate, ...] | tuple[JurisdictionTax, ...]) -> _Stack:
    return tuple((part.name, part.rate) for part in parts)
