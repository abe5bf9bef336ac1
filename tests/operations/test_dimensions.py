"""Dimensions: what a client tells its lines apart by, on documents, in the journal and in exports."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest

from invoicing.document.canonical import document_text
from invoicing.document.documents import Document, Tag
from invoicing.document.requested import RequestedDocument, RequestedLine
from invoicing.document.tags import tags_from_text
from invoicing.refusals import Conflict, InvalidInput, LimitExceeded, Malformed, NotFound
from invoicing.reports.figures import ReportName
from operations.access import Office, open_books
from operations.configuration.configuring import get_entries, get_history, save_entry
from operations.configuration.entries import Change, Entry, Part
from operations.credit_notes import CreditRequest
from operations.drafts import DraftRequest, Preview, draft_invoice
from operations.files import ExportRequest, export_documents
from operations.going_live import go_live
from operations.invoices import IssueRequest, get_invoice
from operations.naming import Caller, PracticeConnection
from operations.profile import update_organization
from operations.reports.asking import ReportRequest
from operations.reports.files import export_report
from operations.rights import Right
from operations.verification import verify_books
from storage.books.pool import BOOKS_FILE, Books
from storage.migrations import head_stamp, migrate_file
from storage.sqlite.engines import FileKind, Stamp, stamp_file
from tests.operations.test_going_live import BAKERY, READY
from tests.support.clock import SettableClock
from tests.support.folders import folder_of, path_of
from tests.support.issuing import issue_credit_note, issue_invoice
from tests.support.ledgers import beancount_transactions, csv_sides, exported_ledger
from tests.support.practice import Practice, practice
from tests.support.raw import past_triggers, raw
from tests.support.reconciled import whole
from tests.support.stores import open_store

PLACE, PROJECT = "cost_centre", "project"
VALUES = (f"{PLACE}/bakery", f"{PLACE}/shop", f"{PROJECT}/Inn-7")


@dataclass(slots=True)
class Desk:
    one: Practice
    books: Books
    customer: str

    async def save(self, code: str, **values: str) -> Entry | None:
        return await save_entry(self.one.office, self.books, Part.DIMENSIONS, Change(code=code, values=values))

    async def withdraw(self, code: str) -> None:
        await save_entry(self.one.office, self.books, Part.DIMENSIONS, Change(code=code, withdraw=True))

    async def entries(self, books: Books | None = None) -> dict[str, Entry]:
        page = await get_entries(self.one.office, books or self.books, Part.DIMENSIONS, cursor="", limit=100)
        return {entry.code: entry for entry in page.items}

    async def begin(self) -> None:
        """Two dimensions with three values."""
        for code in (PLACE, PROJECT, *VALUES):
            await self.save(code, name=code.title())

    async def draft(self, *tags: str, copy_of: str = "", draft: str = "") -> Preview:
        return await draft_invoice(self.books, replace(self.asked(*tags), copy_of=copy_of, draft=draft))

    async def invoice(self, *tags: str) -> Document:
        """One line for each text, at 100.00."""
        return (await issue_invoice(self.books, IssueRequest(request=self.asked(*tags)))).document

    def asked(self, *tags: str) -> DraftRequest:
        work = RequestedLine(Decimal(1), description="Work", unit_price=Decimal(100))
        lines = (replace(work, dimensions=tags_from_text(text, field="dimensions")) for text in tags)
        return DraftRequest(document=RequestedDocument(self.customer, tuple(lines)))

    async def posted(self) -> list[tuple[str, str, int]]:
        """Account and dimensions of each side of the journal, with what was posted, more than zero for a debit."""
        rows = (await whole(self.books, ReportName.JOURNAL)).rows
        return [
            (*_account_and_tags(row.label.partition(": ")[2]), row.amounts["debit"] - row.amounts["credit"])
            for row in rows
        ]


async def _unheard(done: int, of: int) -> None:
    """Nobody is told."""


def _account_and_tags(label: str) -> tuple[str, str]:
    return label.partition(" ")[0], label.partition(" (")[2].rstrip(")")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        yield Desk(one, books, (await one.customer(books)).id)
        assert (await verify_books(books)).problem == ""


async def test_lines_are_tagged_with_what_is_configured_and_nothing_else(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="This organization has none") as none:
        await desk.draft(f"{PLACE}=bakery")
    assert none.value.field == "lines[0].dimensions"
    await desk.begin()
    shown = (await desk.draft("", "Cost_Centre=BAKERY; project=inn-7")).document
    # As the organization writes them, by the dimension's code.
    assert [line.dimensions for line in shown.lines] == [(), (Tag(PLACE, "bakery"), Tag(PROJECT, "Inn-7"))]
    for wrong, said in (
        ("department=shop", "no dimension"),
        (f"{PLACE}=cellar", f"no value.*{PLACE}=bakery, {PLACE}=shop"),
        (f"{PLACE}=shop; {PLACE}=bakery", "given twice"),
    ):
        with pytest.raises(InvalidInput, match=said):
            await desk.draft(wrong)


async def test_what_is_required_is_asked_for_on_every_line_and_the_choices_are_named(desk: Desk) -> None:
    await desk.save(PLACE, name="Cost centre")
    with pytest.raises(Conflict, match="add a value first"):
        await desk.save(PLACE, required="true")
    await desk.save(f"{PLACE}/bakery", name="Bakery")
    before = await desk.invoice("")
    await desk.save(PLACE, required="true")
    with pytest.raises(InvalidInput, match=f"required on every line: {PLACE}=bakery") as refused:
        await desk.draft(f"{PLACE}=bakery", "")
    assert (refused.value.field, refused.value.candidates) == ("lines[1].dimensions", ("bakery",))
    with pytest.raises(Conflict, match="its last value"):
        await desk.withdraw(f"{PLACE}/bakery")
    await desk.withdraw(PLACE)
    await desk.draft("")
    assert (await get_invoice(desk.books, before.id)).document == before


async def test_revenue_is_split_by_dimensions_and_a_credit_note_takes_back_the_same_sides(desk: Desk) -> None:
    await desk.begin()
    both = f"{PLACE}=bakery; {PROJECT}=Inn-7"
    made = await desk.invoice(f"{PLACE}=bakery", "", both, f"{PLACE}=bakery")
    invoiced = await desk.posted()
    assert invoiced == [
        ("1100", "", 48000),
        ("4000", f"{PLACE}=bakery", -20000),
        ("4000", "", -10000),
        ("4000", both, -10000),
        ("2100", "", -8000),
    ]
    await issue_credit_note(desk.books, CreditRequest(invoice=made.number, reason="Returned"))
    assert (await desk.posted())[5:] == [(*posted, -amount) for *posted, amount in invoiced]


async def test_a_value_that_is_withdrawn_stays_where_it_is_and_is_chosen_no_more(desk: Desk) -> None:
    await desk.begin()
    made = await desk.invoice(f"{PLACE}=bakery; {PROJECT}=Inn-7")
    kept = await desk.draft(f"{PLACE}=bakery")
    await desk.withdraw(f"{PLACE}/bakery")
    assert not (await desk.entries())[f"{PLACE}/bakery"].active
    with pytest.raises(InvalidInput, match=f"no value.*{PLACE}=shop"):
        await desk.draft(f"{PLACE}=bakery")
    with pytest.raises(InvalidInput, match="no value"):
        await issue_invoice(desk.books, IssueRequest(draft=kept.draft))
    assert (await get_invoice(desk.books, made.id)).document == made
    copy = await draft_invoice(
        desk.books, DraftRequest(document=RequestedDocument(customer="", lines=()), copy_of=made.number)
    )
    assert copy.document.lines[0].dimensions == (Tag(PROJECT, "Inn-7"),)
    credited = await issue_credit_note(desk.books, CreditRequest(invoice=made.number, reason="Returned"))
    assert credited.note.document.lines[0].dimensions == made.lines[0].dimensions
    await desk.save(f"{PLACE}/bakery", name="Bakery")
    assert (await desk.invoice(f"{PLACE}=bakery")).lines[0].dimensions == (Tag(PLACE, "bakery"),)


async def test_a_name_may_change_and_documents_say_codes(desk: Desk) -> None:
    await desk.begin()
    made = await desk.invoice(f"{PLACE}=bakery")
    await desk.save(f"{PLACE}/BAKERY", name="The new bakery")
    assert (await desk.entries())[f"{PLACE}/bakery"].values == {"name": "The new bakery"}
    assert (await get_invoice(desk.books, made.id)).document == made
    first = (await get_history(desk.books, cursor="", limit=1)).items[0]
    assert first.detail["changed"] == {"name": [VALUES[0].title(), "The new bakery"]}


async def test_a_document_without_dimensions_has_the_text_that_it_always_had(desk: Desk) -> None:
    await desk.begin()
    assert "dimensions" not in document_text(await desk.invoice(""))
    tagged = document_text(await desk.invoice(f"{PLACE}=shop"))
    assert tagged.count('"dimensions":[{"dimension":"cost_centre","value":"shop"}]') == 1


async def test_exports_say_the_dimensions_of_lines_and_sides(desk: Desk) -> None:
    await desk.begin()
    await desk.invoice(f"{PLACE}=shop; {PROJECT}=Inn-7", "")

    made = await export_documents(desk.books, ExportRequest(format="csv"), progress=_unheard)
    with path_of(desk.books, made).open(encoding="utf-8-sig", newline="") as file:
        assert [row["dimensions"] for row in csv.DictReader(file)] == [f"{PLACE}=shop; {PROJECT}=Inn-7", ""]
    sides = csv_sides((await exported_ledger(desk.books, "journal_csv"))[1])
    wanted = ["", f"{PLACE}=shop; {PROJECT}=Inn-7", "", ""]
    assert [side["dimensions"] for side in sides] == wanted
    text = (await exported_ledger(desk.books, "beancount"))[1].read_text("utf-8")
    (entry,) = beancount_transactions(text)
    assert [side.meta.get("dimensions", "") for side in entry.postings] == wanted
    await desk.invoice("")
    said = "1 entry with dimensions of lines, which this format does not say."
    for ledger_format, told in (("xero", True), ("quickbooks", True), ("journal_csv", False)):
        made, _ = await exported_ledger(desk.books, ledger_format)
        assert (said in made.notes) is told, made.notes


async def test_sales_by_a_dimension_come_to_all_that_was_sold_and_name_their_documents(desk: Desk) -> None:
    await desk.begin()
    first = await desk.invoice(f"{PLACE}=bakery", f"{PLACE}=bakery; {PROJECT}=Inn-7", "")
    second = await desk.invoice(f"{PLACE}=shop")
    third = await desk.invoice(f"{PLACE}=shop")
    await issue_credit_note(desk.books, CreditRequest(invoice=second.number, reason="Returned"))
    report = await whole(desk.books, ReportName.SALES, by=PLACE.upper())
    assert [(row.label, row.amounts["net"], row.documents) for row in report.rows] == [
        ("bakery Cost_Centre/Bakery", 20000, 1),
        ("shop Cost_Centre/Shop", 10000, 3),
        (f"(no {PLACE})", 10000, 0),
    ]
    assert [total.amounts for total in report.totals] == [{"net": 40000}]
    for row, wanted in zip(report.rows, ([first], [second, third], [first]), strict=True):
        made_of = (await whole(desk.books, ReportName.SALES, by=PLACE, row=row.key)).rows
        assert sum(one.amounts["net"] for one in made_of) == row.amounts["net"]
        assert {one.id for one in wanted} <= {one.key for one in made_of}
    for key in (f"cellar/{first.currency}", "bakery/USD", "bakery"):
        with pytest.raises(NotFound):
            await whole(desk.books, ReportName.SALES, by=PLACE, row=key)
    with pytest.raises(InvalidInput, match=f"customer, item, month, {PLACE}, {PROJECT}"):
        await whole(desk.books, ReportName.SALES, by="department")
    with pytest.raises(InvalidInput, match=f"sales by {PLACE} are of all customers"):
        await whole(desk.books, ReportName.SALES, by=PLACE, customer=desk.customer)
    asked = ReportRequest(report="sales", by=PROJECT)
    made = await export_report(desk.books, asked, "csv", progress=_unheard)
    text = path_of(desk.books, made).read_text("utf-8-sig")
    assert "Inn-7" in text
    other = await export_report(desk.books, replace(asked, by=PLACE), "csv", progress=_unheard)
    assert path_of(desk.books, other).read_text("utf-8-sig") != text


async def test_dimensions_go_along_when_an_organization_goes_live_and_no_copy_gets_them(desk: Desk) -> None:
    await desk.begin()
    of_the_practice = Change(code=PLACE, values={"name": "Cost centre"})
    practice_books = desk.one.books(desk.one.organization)
    await save_entry(desk.one.office, practice_books, Part.DIMENSIONS, of_the_practice)
    copied = await desk.one.client("Finch Studio", copy_from=BAKERY)
    assert await desk.entries(desk.one.books(copied)) == {}
    await update_organization(desk.one.office, desk.books, READY)
    caller = Caller(desk.one.office, PracticeConnection(), "", protocol_has_sessions=False)
    made = await go_live(caller, BAKERY)
    assert made.created is not None
    assert await desk.entries(desk.one.books(made.created)) == await desk.entries()


@pytest.mark.parametrize(
    ("code", "values", "kind", "field"),
    [
        ("Kostenstelle 1", {"name": "x"}, InvalidInput, "code"),
        ("1st", {"name": "x"}, InvalidInput, "code"),
        (PLACE, {}, InvalidInput, "name"),
        (PLACE, {"name": "x", "required": "perhaps"}, InvalidInput, "values"),
        (f"{PROJECT}/x=1", {"name": "x"}, InvalidInput, "code"),
        (f"{PROJECT}/", {"name": "x"}, InvalidInput, "code"),
        (f"{PROJECT}/x", {"name": "x", "required": "true"}, InvalidInput, "values"),
        (f"{PROJECT}/x", {}, InvalidInput, "name"),
        ("department/x", {"name": "x"}, NotFound, "code"),
    ],
)
async def test_what_does_not_fit_is_refused_by_its_field(
    desk: Desk, code: str, values: dict[str, str], kind: type[InvalidInput | NotFound], field: str
) -> None:
    await desk.save(PROJECT, name="Project")
    with pytest.raises(kind) as refused:
        await desk.save(code, **values)
    assert refused.value.field == field
    for unknown in ("department", f"{PROJECT}/none", "department/none"):
        with pytest.raises(NotFound):
            await desk.withdraw(unknown)


async def test_there_are_at_most_twenty_dimensions(desk: Desk) -> None:
    for number in range(20):
        await desk.save(f"d{number}", name="One of many")
    with pytest.raises(LimitExceeded):
        await desk.save("d20", name="One too many")
    await desk.save("d3", name="Another name")


@pytest.mark.parametrize("text", ["bakery", "=bakery", "cost_centre=", "cost_centre=a; b"])
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(Malformed, match="cost_centre=bakery"):
        tags_from_text(text, field="dimensions")


@pytest.mark.parametrize(
    "statement",
    [
        'UPDATE journal_lines SET dimensions = \'{"cost_centre":"shop"}\' WHERE position = 2',
        "UPDATE journal_lines SET dimensions = NULL",
        'UPDATE journal_lines SET dimensions = \'{"cost_centre":"bakery"}\' WHERE position = 1',
    ],
)
async def test_verification_finds_a_side_whose_dimensions_were_changed(tmp_path: Path, statement: str) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        desk = Desk(one, books, (await one.customer(books)).id)
        await desk.begin()
        made = await desk.invoice(f"{PLACE}=bakery")
        with past_triggers(folder_of(books) / BOOKS_FILE) as connection:
            connection.execute(statement)
        assert (await verify_books(books)).problem == (
            f"document {made.number}: its journal entry is not the one that was posted"
        )


LATER = (
    ("payment_terms", "instalments"),
    ("receivables", "wanted_minor"),
    ("profile", "tax_due"),
    ("documents", "cash_accounting"),
    ("posting_profiles", "advances"),
    ("posting_profiles", "passed_on"),
    ("customers", "surcharge"),
    ("profile", "particulars"),
    ("drafts", "preparers"),
    ("exports", "clients"),
    ("bank_accounts", "purpose"),
    ("bank_accounts", "account_type"),
    ("bank_accounts", "reference_rule"),
    *(("profile", name) for name in ("trading_name", "contact", "identifier", "e_invoice_address")),
    *(("customers", name) for name in ("trading_name", "contact", "identifier", "e_invoice_address")),
    *(("customers", name) for name in ("buyer_reference", "accounting_reference", "language", "delivery_addresses")),
    *(("items", name) for name in ("gtin", "origin", "classifications")),
)
LATER_TABLES = (
    "change_marks former_receivables former_payments former_documents"
    " line_dimensions dimension_totals document_instalments workflow_conditions workflow_steps workflows"
    " payment_references advance_entries"
    " approval_challenges approval_keys approval_signatures document_approvals approvals agents"
    " skill_settings skill_files skill_contents skills part_provenance"
    " entry_provenance billed_hours billed_periods billing_hours billing_plans recurring_drafts".split()
)
"""What revisions after that of the totals added."""
PROVENANCE = ("part_provenance", "entry_provenance")


async def test_books_with_dimensions_from_before_their_totals_are_filled(tmp_path: Path) -> None:
    clock = SettableClock()
    async with practice(tmp_path, clock) as one:
        books = one.books(await one.client("Harbour Bakery"))
        desk = Desk(one, books, (await one.customer(books)).id)
        await desk.begin()
        made = await desk.invoice(f"{PLACE}=bakery", f"{PLACE}=bakery; {PROJECT}=Inn-7")
        await issue_credit_note(books, CreditRequest(invoice=made.number, reason="Returned"))
        await desk.invoice(f"{PLACE}=shop", "")
        path, principal, organization = folder_of(books) / BOOKS_FILE, one.principal, books.organization
    with raw(path) as connection:
        # Where each part came from went on record when the books began, with the accounts of the roles that their chart
        # has by now: it is there again at the end.
        kept = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in PROVENANCE}  # noqa: S608  Our own names.
        roles = connection.execute("SELECT advances, passed_on FROM posting_profiles").fetchone()
        connection.execute("DROP TRIGGER journal_lines_of_former")
        for table in LATER_TABLES:
            connection.execute(f"DROP TABLE {table}")
        connection.execute("DROP INDEX ix_receivables_open")
        for table, column in LATER:
            connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.execute("CREATE INDEX ix_receivables_open ON receivables (open_minor)")
        connection.execute("UPDATE alembic_version SET version_num = '0012'")
    stamp_file(path, Stamp(FileKind.BOOKS, 12))
    migrate_file(path, FileKind.BOOKS)
    stamp_file(path, head_stamp(FileKind.BOOKS))
    with raw(path) as connection:
        for name, rows in kept.items():
            marks = ", ".join("?" for _ in rows[0])
            connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608  Our own names.
        connection.execute("UPDATE posting_profiles SET advances = ?, passed_on = ?", roles)
    async with open_store(tmp_path) as store:
        books = open_books(Office(store=store, principal=principal, clock=clock), organization, Right.ISSUE)
        assert (await verify_books(books)).problem == ""
        report = await whole(books, ReportName.SALES, by=PLACE)
        assert [(row.key, row.amounts["net"], row.documents) for row in report.rows] == [
            ("shop/GBP", 10000, 1),
            ("bakery/GBP", 0, 2),
            ("/GBP", 10000, 0),
        ]
