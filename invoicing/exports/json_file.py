"""Export as JSON, written document by document.

`{"format": "counterfoil-export-1", "organization": {...}, "documents": [...]}`. A document is its canonical
value (`invoicing.document.canonical`) with four keys more: `status`, `hash`, `approvals`, by whose decisions it was
issued, and `amounts`, which repeats every amount as decimal text in the document's currency. Without these four, its
canonical text is what the hash covers.

In `amounts` everything has a sign, as in the other exports: below zero on a credit note and for a discount, so that
`amounts` of many documents can be added up. In the frozen part, amounts are positive for either kind. Lines,
adjustments and taxes come in the order of the frozen part.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path

from invoicing.document.breakdown import Accounting, Breakdown, Group, Part, PartKind, break_down
from invoicing.document.canonical import canonical_json, document_text
from invoicing.exports.cells import group_cells, part_cells, settlement
from invoicing.exports.rows import Cell, ExportedAccounts, ExportedDocument, ExportedPayment, counted
from invoicing.money.amounts import money_text, plain
from invoicing.progress import Tally

FORMAT = "counterfoil-export-1"


def write_json(
    path: Path,
    organization: dict[str, str],
    documents: Iterable[ExportedDocument],
    *,
    progress: Tally | None = None,
) -> None:
    """Write the documents to `path` as one JSON object; `organization` says whose they are."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        head = f'{{"format":{canonical_json(FORMAT)},"organization":{canonical_json(organization)},"documents":['
        file.write(head)
        for position, exported in counted(documents, progress):
            file.write("\n" if position == 1 else ",\n")
            file.write(canonical_json(_value(exported)))
        file.write("\n]}\n")


def _value(exported: ExportedDocument) -> dict[str, object]:
    value: dict[str, object] = json.loads(document_text(exported.document))
    approvals = [asdict(one) for one in exported.approvals]
    return value | {
        "status": exported.status,
        "amounts": _amounts(exported),
        "hash": exported.hash,
        "approvals": approvals,
    }


def _amounts(exported: ExportedDocument) -> dict[str, object]:
    document = exported.document
    broken = break_down(document, books_currency=exported.books_currency)
    settled = {name.removeprefix("amount_"): amount for name, amount in settlement(exported).items()}
    whole = {
        "net": broken.sign * document.net_minor,
        "tax": broken.sign * document.tax_minor,
        "total": broken.sign * document.total_minor,
        "withheld": broken.sign * document.withheld_minor,
        "split_tax": broken.sign * document.split_tax_minor,
        "rounding": broken.sign * document.rounding_minor,
        "payable": broken.sign * document.payable_minor,
        **settled,
    }
    return {
        **{name: money_text(amount, document.currency) for name, amount in whole.items()},
        "lines": [_part(part, broken, exported) for part in broken.parts if part.kind is PartKind.LINE],
        "adjustments": [_part(part, broken, exported) for part in broken.parts if part.kind is not PartKind.LINE],
        "taxes": [_group(group, broken, document.currency) for group in broken.groups],
        "accounting": _accounting(broken.accounting),
        "payments": [_payment(payment, document.currency) for payment in exported.payments],
        "accounts": {"receivable": exported.accounts.receivable, "tax": exported.accounts.tax},
    }


def _part(part: Part, broken: Breakdown, exported: ExportedDocument) -> dict[str, object]:
    cells = part_cells(part, broken, exported.document, exported.accounts)
    named = {
        "amount": "line_amount",
        "net": "line_net",
        "tax": "line_tax",
        "total": "line_total",
        "accounting_net": "line_accounting_net",
        "accounting_tax": "line_accounting_tax",
        "revenue_account": "revenue_account",
    }
    amounts = {name: _text(cells[column]) for name, column in named.items()}
    return {"position": part.of.position, "kind": part.kind.value, **amounts}


def _group(group: Group, broken: Breakdown, currency: str) -> dict[str, object]:
    cells = group_cells(group, broken, currency, ExportedAccounts())
    names = ("tax_category", "tax_rate", "taxable", "tax", "accounting_taxable", "accounting_tax")
    found: dict[str, object] = {name.removeprefix("tax_"): _text(cells[name]) for name in names}
    if group.jurisdictions:
        found["jurisdictions"] = [
            {
                "name": place.name,
                "level": place.level.value,
                "rate": plain(place.rate),
                "tax": money_text(place.tax_minor, currency),
            }
            for place in group.jurisdictions
        ]
    return found


def _accounting(found: Accounting | None) -> dict[str, object] | None:
    if found is None:
        return None
    return {
        "currency": found.currency,
        "rate": plain(found.rate),
        "on": found.on.isoformat() if found.on else "",
        "source": found.source,
        "net": money_text(found.net_minor, found.currency),
        "tax": money_text(found.tax_minor, found.currency),
        "total": money_text(found.net_minor + found.tax_minor, found.currency),
    }


def _payment(payment: ExportedPayment, currency: str) -> dict[str, object]:
    return {
        "id": payment.id,
        "paid_on": payment.paid_on.isoformat(),
        "method": payment.method,
        "reference": payment.reference,
        "amount": money_text(payment.amount_minor, currency),
        "reverses": payment.reverses,
        "debit_account": payment.debit_account,
        "credit_account": payment.credit_account,
        "kind": payment.kind,
    }


def _text(cell: Cell) -> str:
    return format(cell, "f") if isinstance(cell, Decimal) else str(cell)
