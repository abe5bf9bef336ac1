"""What is added up when it is written: a document, an entry of the journal or a payment adds to the rows of its month.

All of it happens in the transaction that writes what is added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, SQLModel

from invoicing.document.documents import Document, DocumentKind, TaxCategory
from invoicing.document.posting import JournalSide
from invoicing.money.amounts import plain
from invoicing.reports.months import month_of
from invoicing.settlement.discounts import TaxChange
from storage.books import total_tables as tables
from storage.books.document_rows import DocumentRows
from storage.queries.adding import adding_to
from storage.queries.statements import execute, insert_rows, table_of

ADJUSTMENTS = "adjustments"
"""Stands for an item where a document takes off or adds something as a whole."""

Values = dict[str, Any]

_RECEIVABLES = table_of(tables.Receivable)
_ADD_RECEIVABLE = _RECEIVABLES.insert().inline()
_SETTLE = (
    _RECEIVABLES.update()
    .where(_RECEIVABLES.c.document_id == bindparam("of_document"))
    .values(
        open_minor=_RECEIVABLES.c.open_minor - bindparam("by_minor"),
        wanted_minor=_RECEIVABLES.c.wanted_minor - bindparam("of_note_minor"),
    )
)
_TO_ACCOUNTS, _TO_TAXES = adding_to(tables.AccountTotal), adding_to(tables.TaxTotal)
_TO_CUSTOMERS, _TO_ITEMS = adding_to(tables.CustomerTotal), adding_to(tables.ItemTotal)
_TO_DIMENSIONS = adding_to(tables.DimensionTotal)
_ADD_INSTALMENT = table_of(tables.DocumentInstalment).insert().inline()
_ADD_REFERENCE = table_of(tables.PaymentReference).insert().inline()
_ADD_ADVANCE = table_of(tables.AdvanceEntry).insert().inline()
_ADD_SUPPLY = table_of(tables.CommunitySupply).insert().inline()


def add_document_totals(session: Session, rows: DocumentRows) -> None:
    """Add an issued document to the totals of its months, and to what is owed of it, or of the invoice it credits."""
    document = rows.document
    execute(session, _TO_CUSTOMERS, _customer_row(document))
    insert_rows(session, _TO_TAXES, _tax_rows(rows))
    insert_rows(session, _TO_ITEMS, _item_rows(rows))
    insert_rows(session, _TO_DIMENSIONS, _dimension_rows(rows))
    insert_rows(session, _ADD_SUPPLY, rows.community_supplies)
    insert_rows(session, _ADD_ADVANCE, rows.advances)
    payable_minor = document["total_minor"] - document["withheld_minor"]
    if document["credits_id"] is not None:
        settle(session, document["credits_id"], by_minor=payable_minor, of_note_minor=payable_minor)
        return
    payable_minor *= _sign(document)
    receivable = {name: document[name] for name in ("customer_id", "currency", "due_date")}
    owed = {"document_id": document["id"], "open_minor": payable_minor, "wanted_minor": payable_minor}
    execute(session, _ADD_RECEIVABLE, receivable | owed)
    insert_rows(session, _ADD_INSTALMENT, rows.instalments)
    insert_rows(session, _ADD_REFERENCE, rows.references)


def add_tax_changes_to_totals(session: Session, month: str, document: Document, changes: Sequence[TaxChange]) -> None:
    """Take what an event changes off the taxes of its month."""
    insert_rows(session, _TO_TAXES, _once(_each_change(month, document, changes)))


def add_entry_totals(
    session: Session, on: date, sides: Sequence[JournalSide], accounting: Sequence[int | None], *, currency: str
) -> None:
    """Add the sides of an entry to the totals of their accounts."""
    found = (
        {
            "month": month_of(on),
            "account": side.account,
            "currency": currency,
            "debit_minor": side.debit_minor,
            "credit_minor": side.credit_minor,
            "accounting_minor": accounting_minor or 0,
            "unconverted": int(accounting_minor is None),
        }
        for side, accounting_minor in zip(sides, accounting, strict=True)
    )
    insert_rows(session, _TO_ACCOUNTS, _summed(found, tables.AccountTotal))


def settle(session: Session, invoice_id: str, *, by_minor: int, of_note_minor: int = 0) -> None:
    """Take what was paid or credited of an invoice off what is owed of it; what was taken back is less than zero.
    `of_note_minor` is what of that a credit note takes off.
    """
    execute(session, _SETTLE, {"of_document": invoice_id, "by_minor": by_minor, "of_note_minor": of_note_minor})


def _sign(document: Mapping[str, Any]) -> int:
    return -1 if document["kind"] == DocumentKind.CREDIT_NOTE.value else 1


def _customer_row(document: Mapping[str, Any]) -> Values:
    sign, accounting = _sign(document), document["accounting_net_minor"]
    return {
        "month": month_of(document["issue_date"]),
        "customer_id": document["customer_id"],
        "currency": document["currency"],
        "documents": 1,
        "net_minor": sign * document["net_minor"],
        "tax_minor": sign * document["tax_minor"],
        "total_minor": sign * document["total_minor"],
        "accounting_net_minor": sign * (accounting or 0),
        "unconverted": int(accounting is None),
    }


def _item_rows(rows: DocumentRows) -> list[Values]:
    sign, document = _sign(rows.document), rows.document
    key = {"month": month_of(document["issue_date"]), "currency": document["currency"]}
    found = [
        key | {"item_id": line["item_id"], "documents": 1, "net_minor": sign * line["net_minor"]} for line in rows.lines
    ]
    adjusted = document["net_minor"] - sum(line["net_minor"] for line in rows.lines)
    if adjusted:
        found.append(key | {"item_id": ADJUSTMENTS, "documents": 1, "net_minor": sign * adjusted})
    return [row | {"documents": 1} for row in _summed(found, tables.ItemTotal)]


def _dimension_rows(rows: DocumentRows) -> list[Values]:
    sign, document = _sign(rows.document), rows.document
    key = {"month": month_of(document["issue_date"]), "currency": document["currency"]}
    found = (
        key
        | {"dimension": one["dimension"], "value": one["value"]}
        | {"documents": 1, "net_minor": sign * one["net_minor"]}
        for one in rows.line_dimensions
    )
    return [row | {"documents": 1} for row in _summed(found, tables.DimensionTotal)]


def _tax_rows(rows: DocumentRows) -> list[Values]:
    return _once(_each_tax(rows))


def _once(each: Iterable[Values]) -> list[Values]:
    """One row for each rate and place; the document, or what changes its taxes, counts once in each."""
    found = _summed(each, tables.TaxTotal)
    return [row | {"documents": 1, "unconverted": min(row["unconverted"], 1)} for row in found]


def _each_tax(rows: DocumentRows) -> Iterator[Values]:
    key = {"month": month_of(rows.document["tax_point"]), "currency": rows.document["currency"]}
    sign = _sign(rows.document)
    by_position = {tax["position"]: tax for tax in rows.taxes}
    for tax in rows.taxes:
        if _waits_for_payment(rows.document, tax):
            continue
        of = {name: tax[name] for name in ("category", "label", "jurisdiction")} | {"level": ""}
        yield key | of | {"rate": _canonical(tax["rate"])} | _tax_sums(sign, tax, tax)
    for part in rows.tax_parts:
        tax = by_position[part["tax_position"]]
        if _waits_for_payment(rows.document, tax):
            continue
        of = {"category": tax["category"], "label": tax["label"], "jurisdiction": part["name"], "level": part["level"]}
        yield key | of | {"rate": _canonical(part["rate"])} | _tax_sums(sign, tax, part)


def _waits_for_payment(document: Mapping[str, Any], tax: Mapping[str, Any]) -> bool:
    """As `invoicing.settlement.cash.waits_for_payment`, of rows."""
    return bool(document["cash_accounting"]) and tax["category"] == TaxCategory.STANDARD.value


def _each_change(month: str, document: Document, changes: Sequence[TaxChange]) -> Iterator[Values]:
    for change in changes:
        tax = document.taxes[change.position - 1]
        key = {"month": month, "currency": document.currency, "category": tax.category.value, "label": tax.label}
        whole = {"jurisdiction": document.seller.address.country, "level": "", "rate": _canonical(tax.rate)}
        yield key | whole | _change_sums(change, change.tax_minor, change.accounting_tax_minor)
        levied = zip(change.parts_minor, change.accounting_parts_minor, strict=True)
        for part, (tax_minor, accounting_minor) in zip(tax.jurisdictions, levied, strict=False):
            place = {"jurisdiction": part.name, "level": part.level.value, "rate": _canonical(part.rate)}
            yield key | place | _change_sums(change, tax_minor, accounting_minor)


def _change_sums(change: TaxChange, tax_minor: int, accounting_minor: int | None) -> Values:
    return {
        "documents": 1,
        "taxable_minor": -change.taxable_minor,
        "tax_minor": -tax_minor,
        "accounting_taxable_minor": -(change.accounting_taxable_minor or 0),
        "accounting_tax_minor": -(accounting_minor or 0),
        "unconverted": int(change.accounting_taxable_minor is None),
    }


def _tax_sums(sign: int, tax: Mapping[str, Any], part: Mapping[str, Any]) -> Values:
    taxable, levied = tax["accounting_taxable_minor"], part["accounting_tax_minor"]
    return {
        "documents": 1,
        "taxable_minor": sign * tax["taxable_minor"],
        "tax_minor": sign * part["tax_minor"],
        "accounting_taxable_minor": sign * (taxable or 0),
        "accounting_tax_minor": sign * (levied or 0),
        "unconverted": int(taxable is None),
    }


def _canonical(rate: Decimal) -> Decimal:
    """Equal rates have one text, whatever digits were typed."""
    return Decimal(plain(rate))


def _summed(rows: Iterable[Values], model: type[SQLModel]) -> list[Values]:
    """The rows with those of one primary key made one."""
    keys = [column.name for column in table_of(model).primary_key.columns]
    found: dict[tuple[Any, ...], Values] = {}
    for row in rows:
        key = tuple(row[name] for name in keys)
        before = found.get(key)
        found[key] = row if before is None else _sum(before, row, keys)
    return list(found.values())


def _sum(one: Values, other: Values, keys: list[str]) -> Values:
    return {name: value if name in keys else value + other[name] for name, value in one.items()}
