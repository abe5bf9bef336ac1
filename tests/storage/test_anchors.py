"""Anchors: what sound books have lost is noticed, nothing is taken for granted again, and no number is given twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import anyio
import pytest
from sqlmodel import Session

from invoicing.document.drafting import RequestedDocument, RequestedLine
from invoicing.organizations import OrganizationRef
from invoicing.refusals import Conflict, InvalidInput
from operations.access import Office
from operations.drafts import DraftRequest
from operations.invoices import IssueRequest
from operations.practices import local_owner
from operations.recovery import bring_back_books
from operations.settings import add_series, continue_series
from operations.verification import verify_books
from storage.books.pool import BOOKS_FILE, ORGANIZATIONS_FOLDER
from storage.books.profile import load_profile
from storage.directory import access_queries, anchors
from storage.directory.anchors import End, Ends, LostBooks, Number, highest
from storage.directory.database import DIRECTORY_FILE
from storage.work.later import Later
from tests.support.clock import SettableClock
from tests.support.issuing import issue_invoice
from tests.support.practice import Practice, practice
from tests.support.raw import keep_copy, past_triggers, put_back, raw, raw_value
from tests.support.stores import diagnosis, open_store
from tests.support.waiting import until
from views.remedies import at_terminal, told


class Folder:
    """A data folder with two clients that nobody has open; of one of them there is a copy from before its last act."""

    def __init__(self, root: Path, client: OrganizationRef, customer: str) -> None:
        self.root, self.client, self.customer = root, client, customer
        self.books = root / ORGANIZATIONS_FOLDER / client.id / BOOKS_FILE
        self.copy = root.parent / "copy.db"

    def put_back(self) -> None:
        """What somebody does who finds an old copy."""
        put_back(self.copy, self.books)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Practice]:
        async with open_store(self.root) as store:
            principal = await local_owner(store)
            assert principal is not None
            office = Office(store=store, principal=principal, clock=SettableClock())
            found = await store.directory.read(
                lambda db: access_queries.reachable_by_id(db, principal.reach, self.client.partner_id)
            )
            assert found is not None
            yield Practice(office, SettableClock(), found)


@pytest.fixture
async def folder(tmp_path: Path) -> Folder:
    """One invoice in the copy, and three in the books."""
    async with practice(tmp_path / "data", client="Harbour Bakery") as one:
        client = one.first_client
        await one.client("Finch Studio")
        books = one.books(client)
        folder = Folder(one.root, client, (await one.customer(books)).id)
        await one.issue(books, folder.customer)
    keep_copy(folder.books, folder.copy)
    async with folder.opened() as one:
        for _ in range(2):
            await one.issue(one.books(client), folder.customer)
    return folder


def sound(folder: Folder) -> list[str]:
    return [told(finding.remark, at_terminal) for finding in diagnosis(folder.root) if finding.severity == "error"]


async def anchored_by_opening(folder: Folder) -> None:
    """Whoever opens the books anchors them as they are, and notices from then on what they lose."""
    async with folder.opened() as one:
        await one.books(folder.client).read(load_profile)
    assert raw_value(folder.root / DIRECTORY_FILE, "SELECT max(documents) FROM anchors") == 3
    assert raw_value(folder.root / DIRECTORY_FILE, "SELECT sequence FROM anchored_numbers") == 3
    folder.put_back()
    async with folder.opened() as one:
        with pytest.raises(LostBooks):
            await one.books(folder.client).read(load_profile)


async def test_books_that_lost_their_last_documents_are_out_of_service_and_others_are_not(folder: Folder) -> None:
    folder.put_back()
    async with folder.opened() as one:
        books = one.books(folder.client)
        for act in (
            lambda: books.read(load_profile),
            lambda: books.read(load_profile),
            lambda: one.issue(books, folder.customer),
        ):
            with pytest.raises(LostBooks, match=r"the last document is the 1\. where there had been 3"):
                await act()
        assert (await one.books(one.organization).read(load_profile)).name == one.organization.name
    (found,) = sound(folder)
    assert "the last document is the 1. where there had been 3" in found
    assert "organization bring-back --organization harbour-bakery-sandbox" in found
    # Looking has not made the anchor anew from the books.
    assert raw_value(folder.root / DIRECTORY_FILE, "SELECT max(documents) FROM anchors") == 3


async def test_who_brings_lost_books_back_says_why_and_no_lost_number_is_given_again(folder: Folder) -> None:
    folder.put_back()
    async with folder.opened() as one:
        with pytest.raises(InvalidInput, match="reason"):
            await bring_back_books(one.office, folder.client, reason=" ")
        brought = await bring_back_books(one.office, folder.client, reason="the disk failed on Monday")
        assert [(lost.first, lost.last) for lost in brought.numbers] == [(2, 3)]
        books = one.books(folder.client)
        issued = await one.issue(books, folder.customer)
        assert (issued.document.number, issued.position) == ("TEST-INV-2026-00004", 2)
        verified = await verify_books(books)
        assert verified.problem == ""
        (note,) = verified.notes
        assert "2 to 3 were given out and lost; owner@example.com brought the books back" in note
        assert note.endswith("the disk failed on Monday")
        with pytest.raises(Conflict, match="lost nothing"):
            await bring_back_books(one.office, folder.client, reason="again")
    assert sound(folder) == []
    async with folder.opened() as one:
        # It was no leave to lose more: what is put back once more is noticed once more.
        assert (await verify_books(one.books(folder.client))).problem == ""
    folder.put_back()
    async with folder.opened() as one:
        with pytest.raises(LostBooks):
            await one.books(folder.client).read(load_profile)
        brought = await bring_back_books(one.office, folder.client, reason="and again")
        assert [(lost.first, lost.last) for lost in brought.numbers] == [(2, 4)]
        number = (await one.issue(one.books(folder.client), folder.customer)).document.number
        assert number == "TEST-INV-2026-00005"


OF_DOCUMENTS = (
    *("documents", "document_lines", "document_taxes", "journal_lines", "journal_entries"),
    *("receivables", "account_totals", "customer_totals", "item_totals", "tax_totals"),
)


async def test_a_lost_period_goes_on_above_its_lost_numbers(folder: Folder) -> None:
    folder.put_back()
    with past_triggers(folder.books) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        for table in OF_DOCUMENTS:
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - Our own names.
        connection.execute("DELETE FROM series_periods")
    async with folder.opened() as one:
        brought = await bring_back_books(one.office, folder.client, reason="lost")
        assert [(lost.series, lost.first, lost.last) for lost in brought.numbers] == [("INVOICES", 1, 3)]
        number = (await one.issue(one.books(folder.client), folder.customer)).document.number
        assert number == "TEST-INV-2026-00004"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE audit_entries SET hash = 'x' WHERE position = {entries}", "entry of the audit trail is not the one"),
        ("UPDATE documents SET hash = 'x' WHERE position = {documents}", "document is not the one that had been there"),
        ("DELETE FROM audit_entries WHERE position = {entries}", "the last entry of the audit trail is the"),
    ],
)
async def test_an_end_that_was_changed_or_cut_is_noticed(folder: Folder, change: str, says: str) -> None:
    ends = {
        name: raw_value(folder.books, f"SELECT max(position) FROM {table}")  # noqa: S608 - Our own names.
        for name, table in (("documents", "documents"), ("entries", "audit_entries"))
    }
    with past_triggers(folder.books) as connection:
        connection.execute(change.format(**ends))
    async with folder.opened() as one:
        with pytest.raises(LostBooks, match=says):
            await one.books(folder.client).read(load_profile)
    assert says in sound(folder)[0]


async def test_books_of_before_anchors_are_anchored_when_they_are_first_opened(folder: Folder) -> None:
    directory = folder.root / DIRECTORY_FILE
    with raw(directory) as connection:
        connection.execute("UPDATE anchors SET documents = NULL, entries = NULL")
        connection.execute("DELETE FROM anchored_numbers")
    await anchored_by_opening(folder)


async def test_an_anchor_that_was_removed_is_not_made_anew(folder: Folder) -> None:
    with raw(folder.root / DIRECTORY_FILE) as connection:
        connection.execute("DELETE FROM anchors")
    async with folder.opened() as one:
        with pytest.raises(LostBooks, match="has lost the anchor"):
            await one.books(folder.client).read(load_profile)
    assert "has lost the anchor" in sound(folder)[0]
    assert raw_value(folder.root / DIRECTORY_FILE, "SELECT count(*) FROM anchors") == 0


async def test_what_is_issued_is_anchored_within_a_second_while_the_folder_is_open(folder: Folder) -> None:
    async with folder.opened() as one:
        await one.issue(one.books(folder.client), folder.customer)
        with anyio.fail_after(20):
            while raw_value(folder.root / DIRECTORY_FILE, "SELECT max(documents) FROM anchors") != 4:
                await anyio.lowlevel.checkpoint()


async def test_a_cancelled_issue_that_was_kept_is_anchored(folder: Folder) -> None:
    async with folder.opened() as one:
        books = one.books(folder.client)
        # Both wait for the writer: the first takes the second along, whose caller is gone by then.
        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as tasks:
                for _ in range(3):
                    tasks.start_soon(one.issue, books, folder.customer)
                await anyio.lowlevel.checkpoint()
                scope.cancel()
        kept = await books.read(lambda db: db.connection().exec_driver_sql("SELECT count(*) FROM documents").scalar())
    assert raw_value(folder.root / DIRECTORY_FILE, "SELECT max(documents) FROM anchors") == kept


async def test_anchors_only_move_forward_and_several_go_together(folder: Folder) -> None:
    async with folder.opened() as one:
        pool = one.store.pool
        await one.issue(one.books(folder.client), folder.customer)
        pool._anchoring.note(
            folder.client.id, Ends(End(1, "old"), End(1, "old"), (Number("INVOICES", "2026", 1, 1, "invoice", "X"),))
        )
    assert raw_value(folder.root / DIRECTORY_FILE, "SELECT max(documents) FROM anchors") == 4
    assert raw_value(folder.root / DIRECTORY_FILE, "SELECT sequence FROM anchored_numbers") == 4
    numbers = (Number("A", "", 2), Number("A", "", 5, 4), Number("B", "", 1), Number("A", "", 3, 3))
    assert highest(numbers) == (Number("A", "", 5, 1), Number("B", "", 1))


@pytest.mark.parametrize("failures", [0, 2])
async def test_what_is_done_later_is_done_once_and_tried_again_when_it_fails(failures: int) -> None:
    done, tried = anyio.Event(), 0

    async def act() -> None:
        nonlocal tried
        tried += 1
        if tried <= failures:
            raise RuntimeError("not now")
        done.set()

    later = Later(act, milliseconds=1)
    for _ in range(5):
        later.soon()
    with anyio.fail_after(20):
        await done.wait()
    await later.close()
    assert tried == failures + 1


async def test_what_was_not_done_yet_is_done_at_the_close() -> None:
    done: list[int] = []

    async def act() -> None:
        done.append(1)

    later = Later(act, milliseconds=3_600_000)
    await later.close()
    assert done == []
    later.soon()
    await later.close()
    assert done == [1]


async def test_an_anchor_that_stayed_behind_a_killed_process_follows_whoever_opens_the_books_next(
    folder: Folder,
) -> None:
    directory = folder.root / DIRECTORY_FILE
    with raw(directory) as connection:
        # As a process leaves it that was killed right after it had answered.
        connection.execute("UPDATE anchors SET documents = 1, entries = entries - 2 WHERE documents = 3")
        connection.execute("UPDATE anchored_numbers SET sequence = 1")
        position = connection.execute("SELECT entries FROM anchors WHERE documents = 1").fetchone()[0]
        for column, table, at in (("documents_hash", "documents", 1), ("entries_hash", "audit_entries", position)):
            known = raw_value(folder.books, f"SELECT hash FROM {table} WHERE position = {at}")  # noqa: S608
            connection.execute(f"UPDATE anchors SET {column} = ? WHERE documents = 1", (known,))  # noqa: S608
    await anchored_by_opening(folder)


async def test_books_whose_anchor_is_lost_are_brought_back_too(folder: Folder) -> None:
    with raw(folder.root / DIRECTORY_FILE) as connection:
        connection.execute("DELETE FROM anchors WHERE organization_id = ?", (folder.client.id,))
    async with folder.opened() as one:
        brought = await bring_back_books(one.office, folder.client, reason="somebody deleted it")
        assert (brought.loss, brought.numbers) == ("the directory had lost their anchor", ())
        assert (await verify_books(one.books(folder.client))).problem == ""
    assert sound(folder) == []


async def test_a_lost_series_is_made_again_and_gives_no_number_out_twice(folder: Folder) -> None:
    async with folder.opened() as one:
        books = one.books(folder.client)
        await add_series(books, "WEB", kind="invoice", pattern="WEB-{YYYY}-{SEQ:5}")
        await continue_series(books, "WEB", next_sequence=500)
        line = RequestedLine(quantity=Decimal(1), description="Bread", unit_price=Decimal(1))
        wanted = RequestedDocument(customer=folder.customer, lines=(line,), series="WEB")
        request = IssueRequest(request=DraftRequest(document=wanted))
        for _ in range(2):
            last = (await issue_invoice(books, request)).document.number
        assert last == "TEST-WEB-2026-00501"
    folder.put_back()
    async with folder.opened() as one:
        books = one.books(folder.client)
        brought = await bring_back_books(one.office, folder.client, reason="the disk")
        assert [(lost.series, lost.first, lost.last) for lost in brought.numbers] == [
            ("INVOICES", 2, 3),
            ("WEB", 500, 501),
        ]
        with pytest.raises(Conflict, match="a series WEB already"):
            await add_series(books, "WEB", kind="invoice", pattern="WEB-{YYYY}-{SEQ:5}")
        with pytest.raises(Conflict, match="goes on at 500 already"):
            await continue_series(books, "WEB", next_sequence=500)
        assert (await issue_invoice(books, request)).document.number == "TEST-WEB-2026-00502"
        assert (await verify_books(books)).problem == ""


async def test_books_are_noted_until_their_anchor_has_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is summed up of them would else be taken for what they are, while neither tells that they have changed."""
    moved, seen = anchors.move_forward, list[bool]()
    async with practice(tmp_path, client="Harbour Bakery") as one:

        def move_forward(session: Session, ends: dict[str, Ends]) -> None:
            noted = one.store.pool.entries_noted()
            seen.extend(noted.get(each) == those.entries.position for each, those in ends.items())
            moved(session, ends)

        monkeypatch.setattr(anchors, "move_forward", move_forward)
        await one.customer(one.books(one.first_client))
        await until(lambda: bool(seen) and not one.store.pool.entries_noted())
    assert all(seen)
