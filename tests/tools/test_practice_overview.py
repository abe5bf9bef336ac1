"""The practice's overview: who owes, at which client, how long; in reach alone, and short whatever is in it."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest

from invoicing.document.readiness import Blocker
from invoicing.organizations import Environment, NamedWrites, OrganizationKind, OrganizationRef, Role
from invoicing.remedies import Act
from invoicing.reports.summaries import MonthSum, Owed, Summary, figures_on
from operations.overview import ClientStanding, CurrencySum, Onboarding, PracticeOverview
from operations.summaries import Standing
from server.app import find_organization
from storage.books.pool import BOOKS_FILE
from storage.paging import Page
from tests.support.approvals import desk
from tests.support.assistant import ERAS, Era, assistant, text_of
from tests.support.folders import folder_of
from tests.support.http import BAKERY, FINCH, LINES, house
from tests.support.people import another_practice, archive, colleague
from tests.support.practice import Practice, practice
from tests.support.raw import take_away
from views.overview import overview_lines
from views.remedies import for_assistant

TEXT_MAX = 8_000
"""Characters: 2,000 tokens as the contract counts them."""

MONTHS = ("2025-04", "2026-02", "2026-03")


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Practice]:
    """Three clients: the bakery owes longest, the studio something since yesterday, and the third nothing."""
    async with practice(tmp_path) as one:
        bakery, studio, _ = [await one.client(name) for name in ("Harbour Bakery", "Finch Studio", "Quiet Office")]
        books = one.books(bakery)
        await one.issue(books, (await one.customer(books)).id, price="100")
        one.clock.advance(timedelta(days=20))
        books = one.books(studio)
        await one.issue(books, (await one.customer(books)).id, price="50")
        one.clock.advance(timedelta(days=31))
        yield one


@pytest.mark.parametrize("era", ERAS)
async def test_who_owes_longest_comes_first_after_the_sums_of_all(office: Practice, era: Era) -> None:
    async with assistant(office.office, era) as chat:
        result = await chat.call("get_practice_overview")
        lines = text_of(result).splitlines()
        assert lines[:4] == [
            "Ledger & Co (ledger-co-sandbox)",
            "3 clients: 3 sandbox",
            "Sandbox GBP: open 360.00, overdue 360.00 at 2 clients, for up to 21 days, last month 120.00,"
            " this year 360.00",
            "The worst first:",
        ]
        assert lines[4].startswith(f"- Harbour Bakery ({BAKERY}): 21 days overdue, GBP overdue 240.00 open 240.00")
        assert lines[5].startswith(f"- Finch Studio ({FINCH}): 1 day overdue, GBP overdue 120.00 open 120.00")
        assert lines[6].startswith("- Quiet Office (quiet-office-sandbox): nothing overdue, 0 documents")
        told = await chat.ok("get_practice_overview")
        first = told["clients"][0]
        assert (first["status"], first["days_overdue"], first["documents"]) == ("sandbox", 21, 1)
        assert first["figures"][0]["overdue"] == "240.00"


async def test_pages_go_through_all_once(office: Practice) -> None:
    async with assistant(office.office) as chat:
        seen, cursor = [], ""
        for left in (2, 1, 0):
            page = await chat.ok("get_practice_overview", limit=1, cursor=cursor)
            assert (page["left"], page["count"], page["sums"][0]["open"]) == (left, 3, "360.00")
            seen.append(page["clients"][0]["handle"])
            cursor = page["next_cursor"]
        assert (seen, cursor) == ([BAKERY, FINCH, "quiet-office-sandbox"], "")
        assert (await chat.refused("get_practice_overview", limit=101))["field"] == "limit"


async def test_staff_limited_to_some_clients_sees_and_sums_those_alone(office: Practice) -> None:
    studio = await office.client("Second Studio")
    books = office.books(studio)
    await office.issue(books, (await office.customer(books)).id, price="5")
    limited = await colleague(office, office.organization, "accountant", all_clients=False, clients=[studio])
    async with assistant(limited) as chat:
        told = await chat.ok("get_practice_overview")
        assert [one["handle"] for one in told["clients"]] == [studio.handle]
        assert [one["open"] for one in told["sums"]] == ["12.00"]
        assert told["count"] == 1
    rival, _ = await another_practice(office)
    async with assistant(rival) as chat:
        assert text_of(await chat.call("get_practice_overview")).splitlines()[1:] == ["No clients in reach."]
        never = await chat.refused("get_practice_overview", partner="nobody")
        theirs = await chat.refused("get_practice_overview", partner=office.organization.handle)
        assert never | {"message": ""} == theirs | {"message": ""}


async def test_damaged_books_are_named_and_all_others_answer(office: Practice) -> None:
    async with assistant(office.office) as chat:
        await chat.ok("get_practice_overview")
        quiet = await office.client("Damaged Office")
        take_away(folder_of(office.books(quiet)) / BOOKS_FILE)
        told = await chat.ok("get_practice_overview")
        assert told["clients"][0] | {"attention": []} == {
            "handle": quiet.handle,
            "name": quiet.name,
            "environment": "sandbox",
            "status": "unknown",
            "days_overdue": 0,
            "figures": [],
            "documents": 0,
            "drafts": 0,
            "awaiting_approval": 0,
            "last_activity": "",
            "attention": [],
        }
        assert "out of service" in told["clients"][0]["attention"][0]
        assert (told["count"], told["sums"][0]["open"]) == (4, "360.00")
        archive(office, quiet)
        assert (await chat.ok("get_practice_overview"))["count"] == 3


@pytest.mark.parametrize("era", ERAS)
async def test_over_http_drafts_that_wait_are_told(tmp_path: Path, era: Era) -> None:
    async with house(tmp_path) as home, home.site.chat(await home.credentials.token(), era=era) as chat:
        await chat.ok("draft_invoice", customer="Hotel Bristol", lines=LINES, organization=FINCH)
        told = await chat.ok("get_practice_overview")
        assert [(one["handle"], one["drafts"]) for one in told["clients"]] == [(FINCH, 1), (BAKERY, 0)]
        async with home.site.chat(await home.credentials.key(home.bakery), era=era) as keyed:
            assert "get_practice_overview" not in {tool.name for tool in (await keyed.client.list_tools()).tools}


async def test_play_money_is_never_added_to_real_money(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        play = await one.client("Play Shop")
        async with assistant(one.office) as chat:
            for name in ("Quiet Shop", "Real Shop"):
                await chat.ok("create_client_organization", name=name, country="GB", environment="live")
            quiet, real = [await find_organization(one.office, handle) for handle in ("quiet-shop", "real-shop")]
            for client, price in ((real, "100"), (play, "1000000")):
                books = one.books(client)
                await chat.ok(
                    "update_organization",
                    organization=client.handle,
                    address={"line1": "7 Quayside", "city": "Bristol", "postal_code": "BS1 5UH"},
                    tax_number="GB980780684",
                    iban="GB33BUKB20201555555555",
                    vat_registration="registered",
                )
                await one.issue(books, (await one.customer(books)).id, price=price)
            one.clock.advance(timedelta(days=60))
            result = await chat.call("get_practice_overview")
            told = result.structured_content or {}
            real_sum, play_sum = told["sums"], told["sandbox_sums"]
            assert [(of["open"], of["environment"], of["overdue_clients"]) for of in real_sum] == [
                ("240.00", "live", 1)
            ]
            assert [(of["open"], of["environment"]) for of in play_sum] == [("2400000.00", "sandbox")]
            # Nothing is the matter with the quiet one, and it is live all the same.
            assert [of["handle"] for of in told["clients"]] == [real.handle, quiet.handle, play.handle]
            lines = text_of(result).splitlines()
            assert lines[1].startswith("3 clients: 1 live, 1 sandbox, 1 not ready")
            assert lines[2].startswith("GBP: open 240.00, overdue 240.00 at 1 client")
            assert lines[3].startswith("Sandboxes, not in these sums: GBP overdue 2400000.00 open 2400000.00")
            cursor = (await chat.ok("get_practice_overview", limit=2))["next_cursor"]
            rest = await chat.ok("get_practice_overview", limit=2, cursor=cursor)
            assert [of["handle"] for of in rest["clients"]] == [play.handle]
            made = await chat.ok("export_documents", format="csv", clients="all")
        with ZipFile(made["link"]) as archive_:
            table = archive_.read("overview.csv").decode("utf-8-sig")
        totals = [(row["row"], row["open"]) for row in csv.DictReader(table.splitlines()) if row["is_total"] == "true"]
        assert totals == [("Total", "240.00"), ("Total of sandboxes", "2400000.00")]


async def test_what_waits_for_approval_is_told_apart_from_drafts(tmp_path: Path) -> None:
    async with desk(tmp_path) as it, assistant(it.owner) as chat:
        invoice = await it.one.issue(await it.books(it.owner), it.customer)
        await it.draft(it.anna)
        await it.workflow(conditions="total > 1000 GBP", steps="owner")
        await it.workflow("NOTES", trigger="credit_note", steps="owner")
        waits = await it.ask(it.anna)
        await it.ask(it.ben, reference="a second one")
        named = {"organization": it.client.handle}
        await chat.call("issue_credit_note", invoice=invoice.document.number, reason="Agreed.", **named)
        result = await chat.call("get_practice_overview")
        (client,) = (result.structured_content or {})["clients"]
        assert (client["drafts"], client["awaiting_approval"]) == (3, 3)
        assert client["attention"][-1] == "3 documents wait for approval."
        assert "3 wait for approval, 1 draft waiting." in text_of(result)
        listed = await chat.call("find_invoices", status="draft", **named)
        found = (listed.structured_content or {})["invoices"]
        assert sorted(one["status"] for one in found) == ["awaiting_approval", "awaiting_approval", "draft"]
        said = text_of(listed).splitlines()
        assert [line for line in said if waits in line and "waits for approval, net" in line]
        assert any("issue_invoice issues it" in line for line in said)
        assert any("decide_approval, with its id as document" in line for line in said)
        for one in found:
            if one["status"] == "draft":
                await chat.ok("draft_invoice", draft=one["id"], delete=True, **named)
        assert "issues it" not in text_of(await chat.call("find_invoices", status="draft", **named))
        await chat.ok("decide_approval", document=waits, decision="reject", comment="No.", **named)
        assert (await chat.ok("get_practice_overview"))["clients"][0]["awaiting_approval"] == 2


def test_a_page_is_short_whatever_clients_there_are() -> None:
    """25 clients with the longest names, amounts in many currencies, and each with something that is the matter."""
    day = date(2026, 3, 1)
    clients = [_loud(number, day) for number in range(25)]
    sums = tuple(CurrencySum(one, 25, 1_000) for one in clients[0].figures)
    overview = PracticeOverview(
        practice=clients[0].standing.organization,
        clients=1_000,
        by_onboarding=Counter(dict.fromkeys(Onboarding, 250)),
        with_drafts=1_000,
        sums=sums,
        sandbox_sums=sums,
        of_sandboxes=False,
        page=Page(tuple(clients), "x", 975),
    )
    lines = list(overview_lines(overview, for_assistant))
    assert len(lines) > 25
    assert len("\n".join(lines)) < TEXT_MAX - 300


def _loud(number: int, day: date) -> ClientStanding:
    organization = OrganizationRef(
        id=f"organization {number}",
        handle="h" * 61 + f"{number:02}",
        name="N" * 120,
        kind=OrganizationKind.STANDARD,
        environment=Environment.LIVE,
        country="DE",
        currency="EUR",
        partner_id="practice",
        named_writes=NamedWrites.LIVE,
        archived=False,
        role=Role.OWNER,
    )
    currencies = ("CHF", "DKK", "EUR", "GBP", "JPY", "NOK", "SEK", "USD")
    blockers = (Blocker(("iban",), "What is missing, at length. " * 10, Act.SET_ORGANIZATION),)
    summary = Summary(
        day=day,
        time_zone="Europe/Berlin",
        documents=99_999,
        drafts=9_999,
        awaiting_approval=9_999,
        drafts_awaiting=999,
        customers=1,
        items=1,
        last_activity=None,
        blockers=blockers,
        months=tuple(
            MonthSum(month, one, 9, 99_999_999_99) for month in ("2025-04", "2026-02", "2026-03") for one in currencies
        ),
        owed=tuple(Owed(one, date(2023, 1, 1), 99_999_999_99, (), 99_999_999_99, 99_999_999_99) for one in currencies),
    )
    standing = Standing(organization, summary, blockers, day)
    return ClientStanding(standing, figures_on(summary, day), 1_155)
