"""What rows an issued document has beside its content, by the columns of their tables.

They follow from the document alone. Issuing adds them, verification compares with them, and a migration fills from
them what came later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from operator import attrgetter
from typing import Any

from invoicing.countries import COUNTRY_CODES, country
from invoicing.document.converting import AccountingTax, accounting_taxes
from invoicing.document.documents import Document, DocumentKind, Line, Supply, TaxCategory, TaxSubtotal
from invoicing.money.amounts import sum_of_known
from invoicing.payment.printing import printed_reference
from invoicing.payment.references import reference_key
from invoicing.reports.months import month_of
from invoicing.text.typed import search_key
from storage.books import tables
from storage.queries.statements import table_of

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DocumentRows:
    """What the document's own row says of it (its place in series and chain and its content come besides), and a row
    for each line, each dimension of one, each tax subtotal, each jurisdiction that levies a part of one, and each
    subtotal that the recapitulative statement names, each instalment, the payer's reference, and each advance that it
    changes.
    """

    document: Values
    lines: list[Values]
    line_dimensions: list[Values]
    taxes: list[Values]
    tax_parts: list[Values]
    community_supplies: list[Values]
    instalments: list[Values]
    references: list[Values]
    advances: list[Values]


# The columns of a line have the names of its fields, but for these.
_NAMED_OTHERWISE = {"item_id": "item"}
_LINE_COLUMNS = tuple(column.name for column in table_of(tables.DocumentLine).c if column.name != "document_id")
_line_values = attrgetter(*(_NAMED_OTHERWISE.get(name, name) for name in _LINE_COLUMNS))


def rows_of(document: Document) -> DocumentRows:
    """The rows of a document that states what texts of the newest version do."""
    converted = accounting_taxes(document)
    pairs = list(enumerate(zip(document.taxes, converted, strict=True), start=1))
    return DocumentRows(
        document=_document_row(document, converted),
        lines=[_line_row(document.id, line) for line in document.lines],
        line_dimensions=[row for line in document.lines for row in _dimension_rows(document.id, line)],
        taxes=[_tax_row(document, position, *pair) for position, pair in pairs],
        tax_parts=[row for position, pair in pairs for row in _tax_part_rows(document.id, position, *pair)],
        community_supplies=[row for position, pair in pairs for row in _community_rows(document, position, *pair)],
        instalments=list(_instalment_rows(document)),
        references=_reference_rows(document),
        advances=_advance_rows(document),
    )


def _document_row(document: Document, converted: list[AccountingTax]) -> Values:
    return {
        "id": document.id,
        "kind": document.kind.value,
        "number": document.number,
        "series": document.series,
        "issue_date": document.issue_date,
        "due_date": document.due_date,
        "tax_point": document.tax_point,
        "supply_date": document.supply_date,
        "supply_end": document.supply_end,
        "customer_id": document.customer,
        "customer_name": document.buyer.name,
        "search_key": _search_key(document),
        "currency": document.currency,
        "net_minor": document.net_minor,
        "tax_minor": document.tax_minor,
        "total_minor": document.total_minor,
        "withheld_minor": document.total_minor - document.payable_minor,
        "accounting_currency": document.accounting_currency,
        "accounting_net_minor": sum_of_known([tax.taxable_minor for tax in converted]),
        "accounting_tax_minor": sum_of_known([tax.tax_minor for tax in converted]),
        "credits_id": document.of_invoice or None,
        "cash_accounting": document.is_due_by_payment,
    }


def _line_row(document_id: str, line: Line) -> Values:
    values = (value.value if isinstance(value, Enum) else value for value in _line_values(line))
    return {"document_id": document_id, **dict(zip(_LINE_COLUMNS, values, strict=True))}


def _dimension_rows(document_id: str, line: Line) -> Iterator[Values]:
    for tag in line.dimensions:
        yield {
            "document_id": document_id,
            "position": line.position,
            "dimension": tag.dimension,
            "value": tag.value,
            "net_minor": line.net_minor,
        }


def _tax_row(document: Document, position: int, tax: TaxSubtotal, accounting: AccountingTax) -> Values:
    return {
        "document_id": document.id,
        "position": position,
        "category": tax.category.value,
        "rate": tax.rate,
        "label": tax.label,
        # Whose tax it is follows from the seller: no other country's is charged yet.
        "jurisdiction": document.seller.address.country,
        "taxable_minor": tax.taxable_minor,
        "tax_minor": tax.tax_minor,
        "accounting_taxable_minor": accounting.taxable_minor,
        "accounting_tax_minor": accounting.tax_minor,
    }


def _tax_part_rows(
    document_id: str, tax_position: int, tax: TaxSubtotal, accounting: AccountingTax
) -> Iterator[Values]:
    for position, (part, accounting_minor) in enumerate(
        zip(tax.jurisdictions, accounting.parts_minor, strict=True), start=1
    ):
        yield {
            "document_id": document_id,
            "tax_position": tax_position,
            "position": position,
            "name": part.name,
            "level": part.level.value,
            "rate": part.rate,
            "tax_minor": part.tax_minor,
            "accounting_tax_minor": accounting_minor,
        }


def _instalment_rows(document: Document) -> Iterator[Values]:
    until_minor = 0
    for position, instalment in enumerate(document.instalments, start=1):
        until_minor += instalment.amount_minor
        yield {
            "document_id": document.id,
            "position": position,
            "due_date": instalment.due_date,
            "amount_minor": instalment.amount_minor,
            "until_minor": until_minor,
        }


def _reference_rows(document: Document) -> list[Values]:
    payment = document.payment
    if not payment.reference:
        return []
    return [{"reference": reference_key(payment.reference_rule, payment.reference), "document_id": document.id}]


def _advance_rows(document: Document) -> list[Values]:
    """What the document does to an advance: to itself, to the one that it credits, or to those that lines deduct."""
    sign = -1 if document.kind is DocumentKind.CREDIT_NOTE else 1
    changed: dict[str, tuple[int, int]] = {}
    if document.advance is not None:
        changed[document.of_invoice or document.id] = (sign * document.net_minor, sign * document.tax_minor)
    for line in document.lines:
        if (one := line.advance) is not None:
            net, tax = changed.get(one.id, (0, 0))
            changed[one.id] = (net - sign * one.net_minor, tax - sign * one.tax_minor)
    return [
        {
            "document_id": document.id,
            "advance_id": advance,
            "customer_id": document.customer,
            "net_minor": net,
            "tax_minor": tax,
        }
        for advance, (net, tax) in sorted(changed.items())
    ]


def _search_key(document: Document) -> str:
    """What a search looks at; the payer's reference is found as it is printed and without its blanks."""
    payment = document.payment
    reference = (payment.reference, printed_reference(payment)) if payment.reference else ()
    return search_key(document.number, document.buyer.name, document.purchase_order, *reference)


def _community_rows(document: Document, position: int, tax: TaxSubtotal, accounting: AccountingTax) -> Iterator[Values]:
    """Goods that leave for a business of another member state, and services whose tax it owes there (Articles 138, 196
    and 262 of Directive 2006/112/EC).
    """
    supply = _community_supply(document, tax)
    if supply is None or document.tax_point is None:
        return
    sign = -1 if document.kind is DocumentKind.CREDIT_NOTE else 1
    yield {
        "document_id": document.id,
        "position": position,
        "month": month_of(document.tax_point),
        "buyer_country": document.buyer.address.country,
        "buyer_number": document.buyer.tax_number,
        "supply": supply.value,
        "currency": document.currency,
        "taxable_minor": sign * tax.taxable_minor,
        "accounting_taxable_minor": None if accounting.taxable_minor is None else sign * accounting.taxable_minor,
    }


def _community_supply(document: Document, tax: TaxSubtotal) -> Supply | None:
    if not document.buyer.tax_number:
        return None
    here, there = document.seller.address.country, document.buyer.address.country
    match tax.category:
        case TaxCategory.INTRA_COMMUNITY:
            return Supply.GOODS
        case TaxCategory.REVERSE_CHARGE if here != there and _is_member(here) and _is_member(there):
            return Supply.SERVICES
    return None


def _is_member(code: str) -> bool:
    return code in COUNTRY_CODES and country(code).eu_member
