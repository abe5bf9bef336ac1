"""Summaries say what the books say, whatever happened to them, and open none that have not changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
from anyio.lowlevel import checkpoint

from invoicing.organizations import OrganizationRef
from invoicing.reports.figures import ReportName
from invoicing.reports.summaries import DUE_DAYS_KEPT, Summary
from operations.access import Office
from operations.drafts import delete_draft
from operations.going_live import go_live
from operations.mandates import acknowledge_mandate
from operations.naming import Caller, PracticeConnection
from operations.organizations import all_organizations
from operations.profile import update_organization
from operations.reports.asking import ReportRequest, get_report
from operations.rights import Right
from operations.summaries import Standing, rebuild_summaries, standings, summary_of
from storage.books.pool import BOOKS_FILE
from storage.directory.database import DIRECTORY_FILE
from storage.directory.summaries import FORM
from tests.support.approvals import desk
from tests.support.clock import SettableClock
from tests.support.faults import scaled
from tests.support.folders import folder_of
from tests.support.practice import Practice, practice
from tests.support.raw import raw, raw_value, take_away
from tests.support.settling_year import random_year
from tests.support.stores import open_store
from tests.support.waiting import until

READY = {
    "line1": "1 Quay",
    "postal_code": "SW1A 1AA",
    "city": "London",
    "tax_number": "GB980780684",
    "email": "till@example.com",
    "iban": "GB33BUKB20201555555555",
}
NEW_YEAR = datetime(2026, 1, 2, 9, 0, tzinfo=UTC)


async def test_kept_and_rebuilt_summaries_agree_after_whatever_happened(tmp_path: Path) -> None:
    async with practice(tmp_path, SettableClock(NEW_YEAR), country="DE") as one:
        year = await random_year(one, "DE")
        for documents in range(4, scaled(400), 4):
            await year.run(documents)
            if documents % 12 == 0:
                await check(one)
        await check(one)
        kept = await standing(one, year.books.organization)
        assert kept.summary is not None
        assert kept.summary.documents == year.documents


async def test_figures_are_those_of_the_reports_on_every_later_day(tmp_path: Path) -> None:
    """It is not made anew overnight: what falls due on which day is in it."""
    async with practice(tmp_path, SettableClock(NEW_YEAR), country="DE") as one:
        year = await random_year(one, "DE")
        await year.run(20)
        books = year.books
        first = await standing(one, books.organization)
        for _ in range(DUE_DAYS_KEPT // 5):
            one.clock.advance(timedelta(days=5, hours=1))
            found = await standing(one, books.organization)
            assert first.summary is not None
            assert found.summary == first.summary or not first.summary.tells_of(found.today)
            aging = (await get_report(books, ReportRequest(report=ReportName.RECEIVABLES_AGING, limit=100))).report
            told = {row.currency: (row.amounts["owed"], row.amounts["overdue"]) for row in aging.totals}
            mine = {one.currency: (one.open_minor, one.overdue_minor) for one in found.figures}
            assert {key: pair for key, pair in mine.items() if any(pair)} == {
                key: pair for key, pair in told.items() if any(pair)
            }


async def test_going_live_and_archiving_are_in_the_next_summary(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        books = one.books(bakery, Right.UPDATE_PROFILE)
        assert (await standing(one, bakery)).blockers == ()
        await update_organization(one.office, books, READY)
        made = await go_live(Caller(one.office, PracticeConnection(), "", protocol_has_sessions=False), bakery.handle)
        assert made.created is not None
        listed = [found.organization.handle for found in await check(one)]
        assert listed == [one.organization.handle, made.created.handle]
        assert (await standing(one, made.created)).blockers == ()
        live = one.books(made.created, Right.UPDATE_PROFILE)
        await update_organization(one.office, live, {"archived": True})
        assert len(await check(one)) == 1


async def test_drafts_grow_old_and_come_back_in_a_summary_that_is_not_made_anew(tmp_path: Path) -> None:
    async with desk(tmp_path, SettableClock(NEW_YEAR)) as it:
        first = await it.draft(it.anna)
        it.one.clock.advance(timedelta(days=3))
        await it.draft(it.anna)
        await it.one.issue(await it.books(it.owner), it.customer)
        await it.workflow(steps="owner")
        rejected = await it.ask(it.anna)
        waiting = await standing(it.one, it.client)
        assert waiting.summary is not None
        assert (waiting.summary.drafts, waiting.summary.awaiting_approval, waiting.summary.returned) == (3, 1, 0)
        assert waiting.summary.first_document == waiting.today
        await it.decide(it.owner, rejected, "reject", "No.")
        kept = await standing(it.one, it.client)
        assert kept.summary is not None
        assert (kept.summary.awaiting_approval, kept.summary.returned) == (0, 1)
        begun, old = kept.today - timedelta(days=3), list[int]()
        for _ in range(8):
            it.one.clock.advance(timedelta(days=1))
            found = await standing(it.one, it.client)
            assert found.summary == kept.summary
            old.append(found.summary.old_drafts_on(found.today)[0])
        assert old == [0, 0, 0, 1, 1, 1, 3, 3]
        assert kept.summary.old_drafts_on(kept.today + timedelta(days=8)) == (3, begun)
        await delete_draft(await it.books(it.anna, Right.DRAFT), first)
        made = (await standing(it.one, it.client)).summary
        assert made is not None
        assert made.old_drafts_on(kept.today + timedelta(days=8)) == (2, kept.today)


async def test_a_live_organization_tells_the_mandates_for_which_nobody_answers_yet(tmp_path: Path) -> None:
    async with practice(tmp_path, SettableClock(datetime(2027, 11, 15, 9, tzinfo=UTC)), country="DE") as one:
        client = await one.client("Bäckerei am Hafen", "DE")
        books = one.books(client, Right.UPDATE_PROFILE)
        await update_organization(one.office, books, READY | {"tax_number": "DE136695976", "postal_code": "20095"})
        made = await go_live(Caller(one.office, PracticeConnection(), "", protocol_has_sessions=False), client.handle)
        assert made.created is not None
        sandbox, live = [(await standing(one, each)).summary for each in (client, made.created)]
        assert sandbox is not None
        assert live is not None
        assert sandbox.mandates == ()
        assert [(each.code, each.since.year) for each in live.mandates] == [("de-einvoice-b2b", 2028), ("de-b2g", 2020)]
        code = "de-einvoice-b2b"
        await acknowledge_mandate(one.office, one.books(made.created), code, handed_in="By the portal")
        after = (await standing(one, made.created)).summary
        assert after is not None
        assert [each.code for each in after.mandates] == ["de-b2g"]


async def test_books_that_have_not_changed_are_not_opened(tmp_path: Path) -> None:
    """Nor after a server was stopped that had written to them."""
    async with practice(tmp_path) as one:
        clients = [await one.client(f"Client {number}") for number in range(3)]
        await standings(one.office, clients)
        for client in clients[:2]:
            await one.customer(one.books(client))
        before = await standings(one.office, clients)
    async with open_store(tmp_path) as store:
        found = await standings(Office(store, one.principal, one.clock), clients)
        assert [customers(each) for each in found] == [1, 1, 0]
        assert found == before
        # A file that is opened has an index beside it; a server has none.
        assert not list(tmp_path.rglob(f"{BOOKS_FILE}-shm"))


async def test_of_many_books_that_changed_only_some_are_read_at_once(tmp_path: Path) -> None:
    """Those that are left out are read the next time, and those that cannot be read keep no others from it."""
    async with practice(tmp_path, client="Harbour Bakery") as one:
        clients = [one.first_client, *[await one.client(f"Client {number}") for number in range(2)]]
        lost = folder_of(one.books(clients[0])) / BOOKS_FILE
        await standings(one.office, clients)
        for client in clients[1:]:
            await one.customer(one.books(client))
    take_away(lost)
    async with open_store(tmp_path) as store:
        office = Office(store, one.principal, one.clock)
        for known in ([1], [1, 1], [1, 1]):
            found = await standings(office, clients, at_most=1)
            assert found[0].summary is None
            assert [customers(each) for each in found[1:]] == known


async def test_others_have_their_turn_while_very_many_are_looked_up(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        await standing(one, bakery)
        turns, seen = 0, set[int]()

        async def others() -> None:
            nonlocal turns
            while True:
                turns += 1
                await checkpoint()

        async def look(done: int, of: int) -> None:
            seen.add(turns)

        async with anyio.create_task_group() as group:
            group.start_soon(others)
            await standings(one.office, [bakery] * 1_000, progress=look)
            group.cancel_scope.cancel()
        assert len(seen) >= 20


async def test_what_changed_after_it_was_summed_up_is_read_by_the_next_server(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        client = one.first_client
        assert customers(await standing(one, client)) == 0
        await one.customer(one.books(client))
    async with open_store(tmp_path) as store:
        (found,) = await standings(Office(store, one.principal, one.clock), [client])
        assert customers(found) == 1


async def test_what_another_program_writes_is_noticed_although_no_anchor_tells_of_it(tmp_path: Path) -> None:
    """Whoever was killed right after a commit has left no word of it in the directory."""
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        await one.customer(one.books(bakery))
        assert customers(await standing(one, bakery)) == 1
        with raw(folder_of(one.books(bakery)) / BOOKS_FILE) as connection:
            connection.execute("UPDATE customers SET archived = TRUE")
        assert customers(await standing(one, bakery)) == 0


async def test_a_summary_that_was_made_in_another_way_is_made_anew(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        await standing(one, bakery)
        path = tmp_path / DIRECTORY_FILE
        with raw(path) as connection:
            connection.execute("""UPDATE summaries SET form = 0, figures = '{"of": "another form"}'""")
        assert customers(await standing(one, bakery)) == 0
        assert raw_value(path, "SELECT form FROM summaries") == FORM


async def test_a_summary_whose_organization_lost_its_anchor_is_not_told(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        bakery = one.first_client
        await standing(one, bakery)
    with raw(tmp_path / DIRECTORY_FILE) as connection:
        connection.execute("DELETE FROM anchors WHERE organization_id = ?", (bakery.id,))
    async with open_store(tmp_path) as store:
        (found,) = await standings(Office(store, one.principal, one.clock), [bakery])
        assert found.summary is None
        assert found.blockers


async def standing(one: Practice, organization: OrganizationRef) -> Standing:
    # On a server the anchor tells how books look, and that follows a moment after what was written.
    await until(lambda: not one.store.pool.entries_noted())
    (found,) = await standings(one.office, [organization])
    return found


async def check(one: Practice) -> list[Standing]:
    """The kept summaries, the rebuilt ones and what the books say are one; answers them."""
    listed = await all_organizations(one.office, archived=False)
    kept = await standings(one.office, listed)
    for each in kept:
        assert each.summary is not None
        said = await _said_by_books(one, each.organization)
        assert each.figures == Standing(each.organization, said, said.blockers, said.day).figures
        assert (each.summary.documents, each.summary.months) == (said.documents, said.months)
    rebuilt = await rebuild_summaries(one.office, listed, progress=_silent)
    assert [each.figures for each in rebuilt] == [each.figures for each in kept]
    assert await standings(one.office, listed) == rebuilt
    return kept


async def _said_by_books(one: Practice, organization: OrganizationRef) -> Summary:
    books = one.books(organization, Right.READ)
    return await books.read(lambda db: summary_of(db, books))


async def _silent(done: int, of: int) -> None:
    """Nobody watches."""


def customers(found: Standing) -> int:
    assert found.summary is not None
    return found.summary.customers
