"""The canonical text of a document, and the hash chain over it.

The text is JSON with sorted keys and no blanks; decimals are their shortest plain text, dates ISO 8601, empty
optional dates null. The chain's algorithm is named in each link, so that a later one can follow.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from invoicing.amounts import plain
from invoicing.documents import (
    Address,
    Document,
    DocumentKind,
    Environment,
    Line,
    Party,
    PaymentDetails,
    Supply,
    TaxCategory,
    TaxSubtotal,
)

ALGORITHM = "counterfoil-1/sha256"


def canonical_json(value: object) -> str:
    """The canonical JSON text of a value of plain types, decimals, dates and enumerations."""
    return json.dumps(_plain_types(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def document_text(document: Document) -> str:
    """The canonical text of a whole document: parties, lines, tax, texts and amounts."""
    return canonical_json(asdict(document))


def document_from_text(text: str) -> Document:
    """The document whose canonical text this is; `document_text` of the answer is `text` again."""
    raw: dict[str, Any] = json.loads(text)
    return Document(
        **{
            **raw,
            "kind": DocumentKind(raw["kind"]),
            "environment": Environment(raw["environment"]),
            "issue_date": date.fromisoformat(raw["issue_date"]),
            "due_date": date.fromisoformat(raw["due_date"]),
            "supply_date": date.fromisoformat(raw["supply_date"]),
            "supply_end": date.fromisoformat(raw["supply_end"]) if raw["supply_end"] else None,
            "seller": _party(raw["seller"]),
            "buyer": _party(raw["buyer"]),
            "payment": PaymentDetails(**raw["payment"]),
            "lines": tuple(_line(line) for line in raw["lines"]),
            "taxes": tuple(_tax(tax) for tax in raw["taxes"]),
        }
    )


def document_link_text(content: str, *, series: str, period: str, sequence: int, issued_at: datetime, by: str) -> str:
    """What a document's link covers: its canonical text, its place in its series, and who issued it and when."""
    envelope = {"by": by, "issued_at": issued_at, "period": period, "sequence": sequence, "series": series}
    return f"{canonical_json(envelope)}\n{content}"


def genesis(organization_id: str) -> str:
    """What the first link of an organization's chains follows: no chain fits another organization's books."""
    return hashlib.sha256(f"{ALGORITHM}\n{organization_id}".encode()).hexdigest()


def link_hash(*, previous: str, position: int, text: str) -> str:
    """The hash of one link: algorithm, previous hash, position in the chain, and the canonical text."""
    return hashlib.sha256(f"{ALGORITHM}\n{previous}\n{position}\n{text}".encode()).hexdigest()


def _party(raw: dict[str, Any]) -> Party:
    return Party(**{**raw, "address": Address(**raw["address"])})


def _line(raw: dict[str, Any]) -> Line:
    decimals = {name: Decimal(raw[name]) for name in ("quantity", "unit_price", "discount_percent", "tax_rate")}
    kinds = {"supply": Supply(raw["supply"]), "tax_category": TaxCategory(raw["tax_category"])}
    return Line(**{**raw, **decimals, **kinds})


def _tax(raw: dict[str, Any]) -> TaxSubtotal:
    return TaxSubtotal(**{**raw, "rate": Decimal(raw["rate"]), "category": TaxCategory(raw["category"])})


def _plain_types(value: object) -> object:
    match value:
        case dict():
            return {key: _plain_types(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain_types(item) for item in value]
        case Decimal():
            return plain(value)
        case date():
            return value.isoformat()
        case str():
            return str(value)
        case _:
            return value
