"""Tax codes, stacks and withholdings in the books: kept as they are, and read with few statements."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlmodel import Session

from invoicing.countries.model import DatedRate
from invoicing.document.documents import DocumentKind, JurisdictionLevel, TaxCategory
from invoicing.master_data.records import Jurisdiction, Setup, TaxCode, WithholdingCode
from storage.books.setup import load_setup
from storage.books.tax_codes import (
    add_tax_codes,
    add_withholdings,
    change_tax_code,
    load_tax_codes,
    load_withholdings,
)
from tests.support.practice import practice

RATES = (
    DatedRate(Decimal(5), date(2020, 1, 1), date(2025, 12, 31)),
    DatedRate(Decimal("5.5"), date(2026, 1, 1)),
)
STACK = TaxCode(
    "A-STACK",
    "A stack",
    TaxCategory.STANDARD,
    "Sales tax",
    (),
    jurisdictions=(
        Jurisdiction("Zeta", JurisdictionLevel.STATE, RATES),
        Jurisdiction("Alpha", JurisdictionLevel.CITY, RATES[1:]),
    ),
)
EXEMPT = TaxCode(
    "EXEMPT-2",
    "Exempt",
    TaxCategory.EXEMPT,
    "VAT",
    (DatedRate(Decimal(0), date(2020, 1, 1)),),
    reason="Exempt",
    reason_local="Befreit",
    reason_code="VATEX-EU-132",
)
HELD = WithholdingCode("HELD", "Held back", "Einbehalt", RATES, "Article 1")


async def test_what_is_added_or_changed_is_read_again(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(one.organization)
        there = await books.read(load_withholdings)

        def add(db: Session) -> None:
            add_tax_codes(db, [STACK, EXEMPT])
            add_withholdings(db, [HELD])

        await books.write(add)
        found = {code.code: code for code in await books.read(load_tax_codes)}
        assert (found["A-STACK"], found["EXEMPT-2"]) == (STACK, EXEMPT)
        assert [code for code in await books.read(load_withholdings) if code not in there] == [HELD]
        fewer = replace(STACK, name="Another name", jurisdictions=STACK.jurisdictions[::-1])
        await books.write(lambda db: change_tax_code(db, fewer))
        assert (await books.read(load_tax_codes))[0] == fewer


async def test_composing_asks_for_all_settings_at_once(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = one.books(one.organization)

        def counted(db: Session) -> tuple[Setup, int]:
            said: list[str] = []

            def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
                said.append(statement)

            connection = db.connection()
            event.listen(connection, "before_cursor_execute", hear)
            return load_setup(db, DocumentKind.INVOICE), len(said)

        setup, statements = await books.read(counted)
        assert (statements, "STANDARD" in setup.tax_codes) == (6, True)
        await books.write(lambda db: add_tax_codes(db, [STACK]))
        setup, statements = await books.read(counted)
        assert (statements, setup.tax_codes["A-STACK"]) == (7, STACK)
