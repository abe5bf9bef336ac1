"""Jurisdictions of tax and payroll. What one of tax takes from a day on, it takes in every tax code that has it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from anyascii import anyascii
from sqlmodel import Session

from invoicing.countries.model import DatedRate
from invoicing.document.documents import JurisdictionLevel
from invoicing.master_data.records import COUNTRY_LEVEL, JurisdictionKind, KnownJurisdiction, TaxCode, rate_in_force
from invoicing.money.amounts import parse_decimal, plain
from invoicing.refusals import Conflict, InvalidInput
from invoicing.tax.jurisdictions import following, is_part, renamed_in, takes_from, taking
from invoicing.tax.settings import YEARS, Part, check_code
from invoicing.text.choices import choice_of
from invoicing.text.codes import capitals, small_letters
from invoicing.text.typed import clean_line
from operations.configuration import entries
from operations.configuration.entries import Change, Entry, PartOf, no_such_entry, record
from operations.issue_dates import today_in
from storage.books.authorities import load_authorities
from storage.books.jurisdictions import load_jurisdictions, save_jurisdiction
from storage.books.pool import Books
from storage.books.profile import load_profile
from storage.books.tax_codes import change_tax_code, load_tax_codes

LEVELS = (*(level.value for level in JurisdictionLevel), COUNTRY_LEVEL)
_CODE_LENGTH_MAX = 30


def rates_text(rates: Sequence[DatedRate]) -> str:
    """The rates as they are shown: `6 from 2025-01-01 to 2025-12-31; 6.5 from 2026-01-01`."""
    return "; ".join(
        f"{plain(rate.percent)} from {rate.valid_from}" + (f" to {rate.valid_until}" if rate.valid_until else "")
        for rate in rates
    )


def known_part(db: Session, code: str, day: date | None) -> Part:
    """The part of a stack that is a jurisdiction, with what that takes on the day.

    Raises:
        InvalidInput: none of tax has this code, or it has no rate on the day.
    """
    known = {one.code: one for one in load_jurisdictions(db) if one.kind is JurisdictionKind.TAX and one.active}
    found = known.get(capitals(code))
    if found is None or found.level == COUNTRY_LEVEL:
        raise InvalidInput(
            "part must be such as state:California:6, or the code of a jurisdiction of tax.",
            field="part",
            candidates=list(known),
        )
    rate = rate_in_force(found.rates, day) if day else None
    if rate is None:
        raise InvalidInput(f"part: {found.code} has no rate on {day or 'valid_from, which is required'}.", field="part")
    return Part(JurisdictionLevel(found.level), found.name, rate.percent)


def keep_parts(db: Session, books: Books, code: TaxCode, parts: Sequence[Part], day: date) -> TaxCode:
    """The code with its parts in step with the jurisdictions that they are of: what a part takes from the day on, its
    jurisdiction takes, in the other codes as well. One that nobody knows yet is made.

    Raises:
        Conflict: a jurisdiction is not in use, or has a later rate, or another code would come to no rate.
    """
    found = load_jurisdictions(db)
    known, taken = {one.part: one for one in found}, {one.code for one in found}
    for part in parts:
        before = known.get((part.level.value, part.name))
        if before is None:
            after = KnownJurisdiction(_free_code(part, taken), part.name, part.level.value)
        elif not before.active and part.percent:
            raise Conflict(f"part: the jurisdiction {before.code} is not in use.", field="part")
        else:
            after = before
        after = taking(after, part.percent, day)
        taken.add(after.code)
        if after != before:
            _keep(db, books, before, after, day, field="part", apart=code.code)
        code = following(code, after, day)
    return code


def _free_code(part: Part, taken: Collection[str]) -> str:
    words = "".join(one if one.isalnum() else " " for one in anyascii(f"{part.level.value} {part.name}"))
    wanted = capitals("-".join(words.split()))[:_CODE_LENGTH_MAX].strip("-")
    code, number = wanted, 1
    while code in taken:
        number += 1
        code = f"{wanted}-{number}"
    return code


def _entry(one: KnownJurisdiction) -> Entry:
    values = {"name": one.name, "level": one.level, "kind": one.kind.value, "authority": one.authority}
    return Entry(one.code, values | {"rates": rates_text(one.rates)}, one.active)


def _entries(db: Session, books: Books) -> list[Entry]:
    return [_entry(one) for one in load_jurisdictions(db)]


def _save(db: Session, books: Books, change: Change) -> str:
    code = check_code(change.code)
    known = load_jurisdictions(db)
    before = next((one for one in known if one.code == code), None)
    if change.withdraw:
        after, day = _withdrawn(db, books, before), None
    else:
        after = _described(db, before or KnownJurisdiction(code, "", ""), change.values, is_new=before is None)
        after, day = _with_rate(db, after, change.values)
    for other in known:
        if other.code != code and (other.kind, other.level, other.name) == (after.kind, after.level, after.name):
            raise Conflict(f"values: {other.code} is this jurisdiction already.", field="values")
    _keep(db, books, before, after, day, field="values")
    return code


def _withdrawn(db: Session, books: Books, before: KnownJurisdiction | None) -> KnownJurisdiction:
    if before is None:
        raise no_such_entry("jurisdiction")
    today = today_in(db, books)
    codes = [code.code for code in load_tax_codes(db) if code.active and takes_from(code, before, today)]
    if codes:
        raise Conflict(
            f"code: {before.code} is a part of {', '.join(codes[:3])}: let its rate end with 0 first, or take these tax"
            " codes out of use.",
            field="code",
        )
    return replace(before, active=False)


def _described(db: Session, base: KnownJurisdiction, values: Mapping[str, str], *, is_new: bool) -> KnownJurisdiction:
    """A jurisdiction that is written to again is in use again; its level and kind stay."""
    level = small_letters(values.get("level", base.level))
    if level not in LEVELS:
        raise InvalidInput(f"values: level must be one of: {', '.join(LEVELS)}.", field="values", candidates=LEVELS)
    kind = choice_of(JurisdictionKind, values.get("kind") or base.kind.value, field="values")
    if not is_new and (level, kind) != (base.level, base.kind):
        raise Conflict(f"values: level and kind of {base.code} stay as they are; make another.", field="values")
    authority = clean_line(values.get("authority", base.authority), field="authority", limit=120)
    authorities = [name for name, _ in load_authorities(db)]
    if authority and authority not in authorities:
        raise InvalidInput(
            f"values: authority must be one of the tax authorities here: {', '.join(authorities) or 'none yet'}.",
            field="values",
            candidates=authorities,
        )
    name = clean_line(values.get("name", base.name), field="name", limit=80, required=True)
    return replace(base, name=name, level=level, kind=kind, authority=authority, active=True)


def _with_rate(db: Session, one: KnownJurisdiction, values: Mapping[str, str]) -> tuple[KnownJurisdiction, date | None]:
    """With the rate that is stated, and the day from which it is."""
    if values.get("rates", rates_text(one.rates)) != rates_text(one.rates):
        raise InvalidInput("values: rates are only shown; give the next one as percent and valid_from.", field="values")
    stated = {name: values[name] for name in ("percent", "valid_from") if values.get(name, "").strip()}
    if not stated:
        return one, None
    if len(stated) == 1:
        raise InvalidInput("values: percent and valid_from go together.", field="values")
    if one.kind is not JurisdictionKind.TAX or load_profile(db).tax_system != "us_sales_tax":
        raise InvalidInput(
            "values: percent is for jurisdictions of US sales tax, whose rates tax codes stack.", field="values"
        )
    percent, day = parse_decimal(stated["percent"], field="percent"), entries.day("valid_from", stated["valid_from"])
    if not 0 <= percent <= 100 or day.year not in YEARS:
        raise InvalidInput(
            f"values: percent is 0 to 100, and valid_from between {YEARS.start} and {YEARS.stop - 1}.", field="values"
        )
    return taking(one, percent, day), day


def _keep(
    db: Session,
    books: Books,
    before: KnownJurisdiction | None,
    after: KnownJurisdiction,
    day: date | None,
    *,
    field: str,
    apart: str = "",
) -> None:
    """Keep the jurisdiction, and every code that has it in step, but for the one that is being kept anyhow."""
    save_jurisdiction(db, after)
    for code in load_tax_codes(db):
        if code.code == apart or not any(is_part(part, before or after) for part in code.jurisdictions):
            continue
        changed = renamed_in(code, before or after, after.name)
        changed = following(changed, after, day) if day else changed
        _check_comes_to_something(changed, day, field=field)
        if changed != code:
            change_tax_code(db, changed)
    record(db, books, entries.Part.JURISDICTIONS, after.code, _entry(before) if before else None, _entry(after))


def _check_comes_to_something(code: TaxCode, day: date | None, *, field: str) -> None:
    rate = code.rate_on(day) if day else None
    if rate is not None and not Decimal(0) < rate <= 100:
        raise Conflict(f"{field}: the tax code {code.code} would come to {plain(rate)} %.", field=field)


JURISDICTIONS = PartOf(
    title="jurisdictions",
    fields={
        "name": "as documents say it",
        "level": f"{', '.join(LEVELS)}; once",
        "kind": "tax or payroll; once",
        "authority": "whom is paid: the name of a tax authority, or empty",
        "percent": "of US sales tax: the rate from valid_from on, in every tax code that has it",
        "valid_from": "first day of the rate",
        "rates": "all rates, only shown",
    },
    read=_entries,
    save=_save,
    withdrawing="it goes into no tax code any more",
)
