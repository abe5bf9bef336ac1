"""Tax codes with dated rates and legal texts, and the authorities that tax is due to."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session

from invoicing.master_data.identifiers import check_country
from invoicing.master_data.records import TaxCode
from invoicing.money.amounts import parse_decimal
from invoicing.refusals import Conflict, InvalidInput
from invoicing.tax.settings import TaxCodeChange, part_from_text
from invoicing.text.codes import capitals
from invoicing.text.typed import clean_line
from operations.configuration.entries import Change, Entry, Part, PartOf, day, flag, no_such_entry, record, shown
from operations.configuration.jurisdictions import known_part, rates_text
from operations.registration import code_of_registration
from operations.settings import save_tax_code_in
from storage.books import authorities
from storage.books.pool import Books
from storage.books.tax_codes import change_tax_code, items_with_tax_code, load_tax_codes

_TEXTS = ("name", "label", "category", "reason", "reason_local", "reason_code", "revenue_account")


def code_entry(code: TaxCode) -> Entry:
    texts = {name: shown(getattr(code, name)) for name in _TEXTS} | {"category": code.category.value}
    parts = " | ".join(f"{part.level.value}:{part.name}: {rates_text(part.rates)}" for part in code.jurisdictions)
    return Entry(
        code.code,
        {**texts, "default": shown(code.is_default), "rates": rates_text(code.rates), "parts": parts},
        code.active,
    )


def _codes(db: Session, books: Books) -> list[Entry]:
    return [code_entry(code) for code in load_tax_codes(db)]


def _save_code(db: Session, books: Books, change: Change) -> str:
    if change.withdraw:
        return _withdraw_code(db, books, capitals(change.code))
    values = {name: text for name, text in change.values.items() if text.strip()}
    shown_now = next((code_entry(one).values for one in load_tax_codes(db) if one.code == capitals(change.code)), {})
    if values.get("parts") == shown_now.get("parts"):
        values.pop("parts", None)
    if values.pop("rates", shown_now.get("rates", "")) != shown_now.get("rates", ""):
        raise InvalidInput(
            "values: rates shows all of them; give the next one as percent (or parts) and valid_from.", field="values"
        )
    first_day = day("valid_from", values["valid_from"]) if "valid_from" in values else None
    stated = [text.strip() for text in values.get("parts", "").split("|") if text.strip()]
    parts = tuple(part_from_text(text) if ":" in text else known_part(db, text, first_day) for text in stated)
    wanted = TaxCodeChange(
        code=change.code,
        **{name: values.get(name, "") for name in _TEXTS},
        percent=parse_decimal(values["percent"], field="percent") if "percent" in values else None,
        parts=parts,
        valid_from=first_day,
        default=flag("default", values["default"]) if "default" in values else False,
    )
    return save_tax_code_in(db, books, wanted).code.code


def _withdraw_code(db: Session, books: Books, wanted: str) -> str:
    before = next((one for one in load_tax_codes(db) if one.code == wanted), None)
    if before is None:
        raise no_such_entry("tax code")
    if before.is_default:
        raise Conflict(f"code: {wanted} is the default; make another the default first.", field="code")
    if items := items_with_tax_code(db, wanted):
        raise Conflict(
            f"code: {wanted} is in use by {', '.join(f'the item {name}' for name in items)}: choose another there"
            " first.",
            field="code",
        )
    if wanted == code_of_registration(db):
        raise Conflict(
            f"code: {wanted} says why this organization charges no tax; it is in use while vat_registration says so.",
            field="code",
        )
    after = replace(before, active=False)
    change_tax_code(db, after)
    record(db, books, Part.TAX_CODES, wanted, code_entry(before), code_entry(after))
    return wanted


def _authority_entries(db: Session, books: Books) -> list[Entry]:
    return [Entry(name, {"country": country}) for name, country in authorities.load_authorities(db)]


def _save_authority(db: Session, books: Books, change: Change) -> str:
    name = clean_line(change.code, field="code", limit=120, required=True)
    before = dict(authorities.load_authorities(db)).get(name)
    country = check_country(change.values.get("country", before or ""))
    authorities.save_authority(db, name, country)
    known = Entry(name, {"country": before}) if before else None
    record(db, books, Part.TAX_AUTHORITIES, name, known, Entry(name, {"country": country}))
    return name


TAX_CODES = PartOf(
    title="tax codes",
    fields={
        "name": "what it is called",
        "label": "what the tax is called on documents",
        "category": "of EN 16931, once: S, Z, E, AE, K, G, O, L, M, B",
        "percent": "the rate from valid_from on",
        "parts": "of US sales tax, with |: state:California:6 | county:Marin:0.25, or codes of jurisdictions",
        "valid_from": "first day of the rate",
        "reason": "legal text where no tax is charged",
        "reason_local": "the same in the country's language",
        "reason_code": "VATEX code",
        "default": "true for the code of ordinary supplies",
        "revenue_account": "number of the income account of its lines, - for that of the posting profile",
        "rates": "all rates, only shown",
    },
    read=_codes,
    save=_save_code,
    withdrawing="it is chosen no more; issued documents, and credit notes on them, keep it",
)
TAX_AUTHORITIES = PartOf(
    title="tax authorities",
    fields={"country": "two-letter code"},
    read=_authority_entries,
    save=_save_authority,
)
