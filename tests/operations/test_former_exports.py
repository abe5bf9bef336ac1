"""Documents of a former system as files, with what settled them here; and in the journal for other ledgers."""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from invoicing.exports.former_file import COLUMNS
from invoicing.refusals import InvalidInput
from operations.files import ExportRequest, MadeFile, export_documents
from operations.payments import PaymentRequest, record_payment
from operations.profile import update_organization
from storage.books.pool import Books
from tests.support.folders import path_of
from tests.support.former import OPEN_ITEMS, import_former
from tests.support.ledgers import exported_ledger
from tests.support.practice import Practice, practice
from tests.support.saft import read_saft


async def _silent(done: int, count: int) -> None:
    """Nobody is told."""


@dataclass(frozen=True, slots=True)
class Desk:
    one: Practice
    books: Books

    async def export(self, file_format: str, kind: str = "former") -> tuple[MadeFile, Path]:
        made = await export_documents(self.books, ExportRequest(format=file_format, kind=kind), progress=_silent)
        return made, path_of(self.books, made)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with practice(tmp_path / "data", client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = await one.customer(books)
        await one.issue(books, customer.id)
        await import_former(books)
        paid = (await record_payment(books, PaymentRequest(invoice="OLD-18", amount=Decimal(100)))).payment
        await record_payment(books, PaymentRequest(invoice="OLD-18", reverse=paid.id))
        await record_payment(books, PaymentRequest(invoice="OLD-17", amount=Decimal(1200), reference="BANK 1"))
        await record_payment(books, PaymentRequest(invoice="OLD-C4", amount=Decimal(10)))
        yield Desk(one, books)


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "json"])
async def test_a_file_of_them_adds_up_to_what_is_open(desk: Desk, file_format: str) -> None:
    made, path = await desk.export(file_format)
    assert made.count == 5
    assert "former-documents" in made.file.file_name
    rows = read(path, file_format)
    documents = [row for row in rows if row["row"] == "document"]
    assert [(row["number"], Decimal(row["open_then"]), Decimal(row["open"])) for row in documents] == [
        ("OLD-17", Decimal(1200), Decimal(0)),
        ("OLD-18", Decimal(350), Decimal(350)),
        ("OLD-19", Decimal("90.5"), Decimal("90.5")),
        ("OLD-C4", Decimal(-60), Decimal(-50)),
        ("OLD-9", Decimal(0), Decimal(0)),
    ]
    for one in documents:
        paid = [Decimal(row["amount"]) for row in rows if row["row"] == "payment" and row["number"] == one["number"]]
        assert Decimal(one["open_then"]) - sum(paid) == Decimal(one["open"])
    assert [row["payment_kind"] for row in rows if row["row"] == "payment"] == ["payment"] * 3 + ["paid_back"]
    # What was issued here is another export, and none of these is in it.
    others, path = await desk.export("csv", kind="")
    assert others.count == 1
    assert "OLD-" not in path.read_text("utf-8-sig")


def read(path: Path, file_format: str) -> list[dict[str, str]]:
    match file_format:
        case "csv":
            return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
        case "xlsx":
            sheet = openpyxl.load_workbook(path).worksheets[0]
            header, *rows = sheet.iter_rows(values_only=True)
            assert header == COLUMNS
            return [{str(name): str(cell or 0) for name, cell in zip(header, row, strict=True)} for row in rows]
        case _:
            found: list[dict[str, str]] = json.loads(path.read_text("utf-8"))["rows"]
            return found


async def test_it_is_made_anew_when_something_was_paid_or_imported(desk: Desk) -> None:
    first, _ = await desk.export("json")
    again, _ = await desk.export("json")
    assert again.file.id == first.file.id
    await record_payment(desk.books, PaymentRequest(invoice="OLD-19", amount=Decimal(1)))
    later, path = await desk.export("json")
    assert later.file.id != first.file.id
    assert '"open": "89.50"' in path.read_text("utf-8")


async def test_there_is_no_page_of_them(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="Of a former system there is no page"):
        await desk.export("pdf")
    with pytest.raises(InvalidInput, match="kind must be invoice, credit_note or former"):
        await desk.export("csv", kind="draft")


async def test_a_fec_has_what_was_open_as_brought_forward(tmp_path: Path) -> None:
    async with practice(tmp_path / "fr", country="FR") as one:
        books = one.books(await one.client("Maison Roux", "FR"))
        await one.customer(books, country="GB")
        await update_organization(one.office, books, {"registration_number": "732829320"})
        assert (await import_former(books, OPEN_ITEMS, account="3100")).written
        await record_payment(books, PaymentRequest(invoice="OLD-18", amount=Decimal(100)))
        _, path = await exported_ledger(books, "fec")
        rows = list(csv.DictReader(path.read_text("iso8859-15").splitlines(), delimiter="\t"))
        assert [(row["JournalCode"], row["PieceRef"], row["Debit"]) for row in rows if row["Debit"] != "0,00"] == [
            ("AN", "OLD-17", "1200,00"),
            ("AN", "OLD-18", "350,00"),
            ("AN", "OLD-19", "90,50"),
            ("AN", "OLD-C4", "60,00"),
            ("BQ", "OLD-18", "100,00"),
        ]


async def test_a_saf_t_file_has_what_was_open_in_a_journal_of_its_own(tmp_path: Path) -> None:
    async with practice(tmp_path / "no", country="NO") as one:
        books = one.books(await one.client("Fjordbakeriet", "NO"))
        await one.customer(books, country="GB")
        await update_organization(one.office, books, {"registration_number": "923609016"})
        assert (await import_former(books, OPEN_ITEMS, account="3100")).written
        await record_payment(books, PaymentRequest(invoice="OLD-18", amount=Decimal(100)))
        _, path = await exported_ledger(books, "saft")
        assert len({side.entry for side in read_saft(path).sides}) == 5
        text = path.read_text("utf-8")
        bank, _, opening = text.partition("<JournalID>IB</JournalID>")
        assert opening.count("<TransactionID>") == 4
        assert bank.count("<TransactionID>") == 1
