"""The canonical text of a document, and the hash chain over it.

The text is JSON with sorted keys and no blanks; decimals are their shortest plain text, dates ISO 8601, empty
optional dates null. A field that a later release added is left out while it is empty, so that a document issued
before has the same text for ever. The chain's algorithm is named in each link, so that a later one can follow.

A text has a version, which is kept beside it and which its link covers. A field that may be empty needs no new one;
what every document states from now on does. Version 1 is of documents without tax point and accounting currency,
whose links name no version. `tests/invoicing/golden/` has documents of each version.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from invoicing.document.documents import (
    Address,
    Adjustment,
    AdjustmentKind,
    CreditedInvoice,
    Document,
    DocumentKind,
    Exchange,
    JurisdictionLevel,
    JurisdictionRate,
    JurisdictionTax,
    Line,
    Party,
    PaymentDetails,
    Supply,
    TaxCategory,
    TaxSubtotal,
    Withholding,
)
from invoicing.money.amounts import plain
from invoicing.organizations import Environment

ALGORITHM = "counterfoil-1/sha256"
CANONICAL_VERSION = 2
# Links of the first version name none.
_NOT_NAMED = 1


def _defaults(kind: type[Document | Line | Party | TaxSubtotal], *names: str) -> dict[str, object]:
    return {field.name: field.default for field in fields(kind) if field.name in names}


# What the text of the first release did not have, and its empty value. Any field that is added from now on belongs
# here.
_ADDED: dict[type[Any], dict[str, object]] = {
    Document: _defaults(
        Document,
        "adjustments",
        "withholding",
        "exchange",
        "credits",
        "reason",
        "form_words",
        "tax_point",
        "accounting_currency",
    ),
    Line: _defaults(
        Line,
        "discount_amount",
        "charge_amount",
        "jurisdictions",
        "invoice_position",
        "name",
        "supply_date",
        "supply_end",
        "supply_assumed",
    ),
    Party: _defaults(Party, "tax_office_number", "vat_registration"),
    TaxSubtotal: _defaults(TaxSubtotal, "reason_local", "reason_code", "jurisdictions"),
}


def canonical_json(value: object) -> str:
    """The canonical JSON text of a value of plain types, decimals, dates, enumerations, and dataclasses of these."""
    return json.dumps(_plain_types(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def document_text(document: Document) -> str:
    """The canonical text of a whole document: parties, lines, tax, texts and amounts."""
    return canonical_json(document)


def document_from_text(text: str) -> Document:
    """The document whose canonical text this is, of this or an earlier release.

    `document_text` of the answer is `text` again.
    """
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
            "adjustments": tuple(_adjustment(item) for item in raw.get("adjustments", ())),
            "withholding": _withholding(raw["withholding"]) if "withholding" in raw else None,
            "exchange": _exchange(raw["exchange"]) if "exchange" in raw else None,
            "credits": _credited(raw["credits"]) if "credits" in raw else None,
            "tax_point": date.fromisoformat(raw["tax_point"]) if "tax_point" in raw else None,
        }
    )


def fits_version(document: Document, version: int) -> bool:
    """Whether a document has what texts of this version state, and nothing that they do not; of a version that is
    not known, no document has.
    """
    states = (document.tax_point is not None, bool(document.accounting_currency))
    match version:
        case 1:
            return states == (False, False)
        case 2:
            return states == (True, True)
        case _:
            return False


def document_link_text(
    content: str, *, version: int, series: str, period: str, sequence: int, issued_at: datetime, by: str
) -> str:
    """What a document's link covers: its canonical text and the version of that, its place in its series, and who
    issued it and when.
    """
    envelope = {"by": by, "issued_at": issued_at, "period": period, "sequence": sequence, "series": series}
    if version > _NOT_NAMED:
        envelope["version"] = version
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
    names = ("quantity", "unit_price", "discount_percent", "tax_rate", "discount_amount", "charge_amount")
    kinds = {"supply": Supply(raw["supply"]), "tax_category": TaxCategory(raw["tax_category"])}
    dates = {name: date.fromisoformat(raw[name]) for name in ("supply_date", "supply_end") if raw.get(name)}
    return Line(**{**raw, **_decimals(raw, *names), **kinds, **dates, **_jurisdiction_rates(raw)})


def _tax(raw: dict[str, Any]) -> TaxSubtotal:
    parts = tuple(JurisdictionTax(**{**part, **_jurisdiction(part)}) for part in raw.get("jurisdictions", ()))
    category = TaxCategory(raw["category"])
    return TaxSubtotal(**{**raw, **_decimals(raw, "rate"), "category": category, "jurisdictions": parts})


def _adjustment(raw: dict[str, Any]) -> Adjustment:
    kinds = {"kind": AdjustmentKind(raw["kind"]), "tax_category": TaxCategory(raw["tax_category"])}
    return Adjustment(**{**raw, **_decimals(raw, "percent", "tax_rate"), **kinds, **_jurisdiction_rates(raw)})


def _withholding(raw: dict[str, Any]) -> Withholding:
    return Withholding(**{**raw, **_decimals(raw, "rate")})


def _exchange(raw: dict[str, Any]) -> Exchange:
    return Exchange(**{**raw, **_decimals(raw, "rate"), "on": date.fromisoformat(raw["on"])})


def _credited(raw: dict[str, Any]) -> CreditedInvoice:
    return CreditedInvoice(**{**raw, "issue_date": date.fromisoformat(raw["issue_date"])})


def _jurisdiction_rates(raw: dict[str, Any]) -> dict[str, tuple[JurisdictionRate, ...]]:
    parts = raw.get("jurisdictions", ())
    return {"jurisdictions": tuple(JurisdictionRate(**{**part, **_jurisdiction(part)}) for part in parts)}


def _jurisdiction(raw: dict[str, Any]) -> dict[str, Any]:
    return {"level": JurisdictionLevel(raw["level"]), **_decimals(raw, "rate")}


def _decimals(raw: dict[str, Any], *names: str) -> dict[str, Decimal]:
    return {name: Decimal(raw[name]) for name in names if name in raw}


def _plain_types(value: object) -> object:
    kind: type[Any] = type(value)
    if kind in _AS_IT_IS:
        return value
    if names := _names(kind):
        added = _ADDED.get(kind, _NOTHING)
        return {
            name: _plain_types(part) for name in names if (part := getattr(value, name)) != added.get(name, _ALWAYS)
        }
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


_AS_IT_IS = frozenset((str, int, bool, type(None)))
_NAMES: dict[type[Any], tuple[str, ...]] = {}
_NOTHING: dict[str, object] = {}
# Equal to nothing that a field can hold.
_ALWAYS = object()


def _names(kind: type[Any]) -> tuple[str, ...]:
    """The fields of a dataclass; none of any other type."""
    if kind not in _NAMES:
        _NAMES[kind] = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
    return _NAMES[kind]
