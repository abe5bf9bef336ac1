"""Export as JSON, written document by document.

`{"format": "counterfoil-export-1", "organization": {...}, "documents": [...]}`. A document is its canonical
value (`invoicing.canonical`) with three keys more: `status`, `hash`, and `amounts`, which repeats every amount
as decimal text in the document's currency. Without these three, its canonical text is what the hash covers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from invoicing.amounts import money_text
from invoicing.canonical import canonical_json, document_text
from invoicing.exports.rows import ExportedDocument, Progress, counted

FORMAT = "counterfoil-export-1"


def write_json(
    path: Path,
    organization: dict[str, str],
    documents: Iterable[ExportedDocument],
    *,
    progress: Progress | None = None,
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
    return value | {"status": exported.status, "amounts": _amounts(exported), "hash": exported.hash}


def _amounts(exported: ExportedDocument) -> dict[str, object]:
    document = exported.document

    def money(amount_minor: int) -> str:
        return money_text(amount_minor, document.currency)

    return {
        "net": money(document.net_minor),
        "tax": money(document.tax_minor),
        "total": money(document.total_minor),
        "paid": money(exported.paid_minor),
        "credited": money(exported.credited_minor),
        "due": money(exported.due_minor),
        "lines": [
            {"position": line.position, "amount": money(line.amount_minor), "net": money(line.net_minor)}
            for line in document.lines
        ],
        "taxes": [
            {"taxable": money(subtotal.taxable_minor), "tax": money(subtotal.tax_minor)} for subtotal in document.taxes
        ],
    }
