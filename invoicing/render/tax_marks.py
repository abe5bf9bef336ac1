"""What tells lines of the same rate apart, where a document has several taxes of that rate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from invoicing.document.documents import Document, JurisdictionRate, JurisdictionTax, Line, TaxCategory, TaxSubtotal
from invoicing.render.addresses import known_country

_Stack = tuple[tuple[str, Decimal], ...]
_Key = tuple[Decimal, TaxCategory, _Stack]


@dataclass(frozen=True, slots=True)
class TaxMarks:
    """Marks by rate, category and jurisdictions: a number in brackets where several categories or places share a rate.
    The codes of the categories mean nothing to a buyer.
    """

    marks: dict[_Key, str]

    @classmethod
    def of(cls, document: Document) -> TaxMarks:
        """The marks of a document; a rate that only one tax has needs none."""
        keys = list(dict.fromkeys(_key(tax) for tax in document.taxes))
        of_rate = Counter(rate for rate, _, _ in keys)
        shared = [key for key in keys if of_rate[key[0]] > 1]
        return cls(dict.fromkeys(keys, "") | {key: f"({index})" for index, key in enumerate(shared, start=1)})

    def of_line(self, line: Line) -> str:
        """The mark that a line bears beside its rate, or nothing."""
        return self.marks.get((line.tax_rate, line.tax_category, _stack(line.jurisdictions)), "")

    def of_tax(self, tax: TaxSubtotal) -> str:
        """The mark that a tax bears in the summary, so that a reader finds what the marks of the lines mean."""
        return self.marks[_key(tax)]


def rate_words(document: Document) -> Mapping[str, str]:
    """What stands for the rate of each category without tax in the seller's country, where that has words for it."""
    place = known_country(document.seller.address.country)
    return place.rate_words if place is not None else {}


def _key(tax: TaxSubtotal) -> _Key:
    return tax.rate, tax.category, _stack(tax.jurisdictions)


def _stack(parts: tuple[JurisdictionRate, ...] | tuple[JurisdictionTax, ...]) -> _Stack:
    return tuple((part.name, part.rate) for part in parts)
