"""Pushing the practice's configuration to its clients: told before, done once, each for itself, and on record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from invoicing.assistance.skills import Skill, skill_file
from invoicing.organizations import OrganizationRef
from invoicing.refusals import InvalidInput
from operations.access import Office
from operations.configuration.configuring import get_entries, get_history, save_entry
from operations.configuration.entries import Change, Entry, Part
from operations.copying.drift import Drift, get_drift
from operations.onboarding import ClientRequest, create_client_organization
from operations.pushing.differences import Mode
from operations.pushing.pushing import ClientState, Pushed, PushRequest, push_configuration
from operations.templates import Choices
from operations.verification import verify_books
from storage.books.pool import BOOKS_FILE, Books
from storage.books.skills import (
    add_skills,
    drop_skill_file,
    load_skill_settings,
    load_skills,
    save_skill_settings,
)
from tests.support.folders import folder_of
from tests.support.practice import Practice, practice
from tests.support.raw import raw
from tests.support.rich import enrich, instruct
from tests.support.statements import InTheMiddle, failing_at

BAKERY, FINCH = "harbour-bakery-sandbox", "finch-studio-sandbox"


async def nobody(done: int, of: int) -> None:
    """Nobody waits."""


async def push(office: Office, *parts: str, **asked: Any) -> Pushed:
    wanted: dict[str, Any] = {"clients": ("*",), "dry_run": False} | asked
    return await push_configuration(office, PushRequest(parts=parts, **wanted), progress=nobody)


def states(pushed: Pushed) -> dict[str, ClientState]:
    return {outcome.client.handle: outcome.state for outcome in pushed.outcomes}


def told(pushed: Pushed, handle: str) -> list[tuple[str, str, str]]:
    (outcome,) = (one for one in pushed.outcomes if one.client.handle == handle)
    return [(f"{one.part} {one.code}".strip(), one.action.value, one.because) for one in outcome.entries]


async def save(one: Practice, organization: OrganizationRef, part: Part, code: str, **values: str) -> None:
    await save_entry(one.office, one.books(organization), part, Change(code=code, values=values))


async def entries(one: Practice, books: Books, part: Part) -> dict[str, Entry]:
    return {entry.code: entry for entry in (await get_entries(one.office, books, part, cursor="", limit=100)).items}


async def two_clients(one: Practice) -> tuple[Books, Books]:
    bakery, finch = await one.client("Harbour Bakery"), await one.client("Finch Studio")
    return one.books(bakery), one.books(finch)


async def test_a_changed_tax_code_is_told_then_done_then_the_same(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        bakery, finch = await two_clients(one)
        await save(one, one.organization, Part.TAX_CODES, "REDUCED", percent="6", valid_from="2027-01-01")
        before = await entries(one, bakery, Part.TAX_CODES)
        dry = await push(one.office, "tax_codes", dry_run=True)
        assert await entries(one, bakery, Part.TAX_CODES) == before
        (outcome,) = (found for found in dry.outcomes if found.client.handle == BAKERY)
        (entry,) = outcome.entries
        assert (entry.part, entry.code, list(entry.changed)) == ("tax_codes", "REDUCED", ["rates"])
        assert entry.changed["rates"][1].endswith("6 from 2027-01-01")
        assert await push(one.office, "tax_codes") == dry
        wanted = (await entries(one, one.books(one.organization), Part.TAX_CODES))["REDUCED"]
        for books in (bakery, finch):
            now = await entries(one, books, Part.TAX_CODES)
            assert now == before | {"REDUCED": wanted}
            (act, *_) = (await get_history(books, cursor="", limit=9)).items
            assert (act.act, act.subject, act.by) == ("push_configuration", "configuration", bakery.actor)
            assert act.detail["source"] == one.organization.handle
            assert act.detail["changed"]["tax_codes REDUCED rates"][1] == wanted.values["rates"]
            assert (await verify_books(books)).problem == ""
        again = await push(one.office, "tax_codes")
        assert set(states(again).values()) == {ClientState.SAME}
        (act, *_) = (await get_history(bakery, cursor="", limit=1)).items
        assert act.act == "push_configuration"
        (drifted,) = (part for part in await get_drift(one.office, bakery) if part.part == "tax_codes")
        assert (drifted.source, drifted.state) == (one.organization.handle, Drift.NONE)


async def test_what_each_client_says_for_itself_stays(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        bakery, _ = await two_clients(one)
        await save(one, bakery.organization, Part.TAX_CODES, "ZERO", default="true")
        await save(one, bakery.organization, Part.TAX_CODES, "STANDARD", revenue_account="4100")
        await save(one, bakery.organization, Part.PAYMENT_TERMS, "NET7", default="true")
        await save(one, one.organization, Part.TAX_CODES, "STANDARD", name="Full rate")
        await save(one, one.organization, Part.PAYMENT_TERMS, "NET30", name="Thirty days")
        await push(one.office, "tax_codes", "payment_terms")
        codes, terms = await entries(one, bakery, Part.TAX_CODES), await entries(one, bakery, Part.PAYMENT_TERMS)
        standard = codes["STANDARD"].values
        assert (standard["name"], standard["revenue_account"], standard["default"]) == ("Full rate", "4100", "false")
        assert (codes["ZERO"].values["default"], terms["NET7"].values["default"]) == ("true", "true")
        assert (terms["NET30"].values["name"], terms["NET30"].values["default"]) == ("Thirty days", "false")


async def test_what_each_says_for_itself_is_no_drift(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        bakery = one.books(await one.client("Harbour Bakery", copy_from=one.organization.handle))
        await save(one, one.organization, Part.TAX_CODES, "ZERO", default="true", revenue_account="4100")
        await save(one, one.organization, Part.PAYMENT_TERMS, "NET7", default="true")
        await save(one, bakery.organization, Part.TAX_CODES, "REDUCED", revenue_account="4100")
        assert states(await push(one.office, "tax_codes", "payment_terms")) == {BAKERY: ClientState.SAME}
        assert {part.state for part in await get_drift(one.office, bakery)} == {Drift.NONE}


async def test_what_the_practice_withdrew_is_withdrawn_where_it_is(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        bakery, _ = await two_clients(one)
        source = one.books(one.organization)
        await instruct(source)
        await save(one, one.organization, Part.AGENTS, "x", name="X", description="Does x", instructions="Do x")
        await push(one.office, "agents", "skills", clients=(BAKERY,))
        await save_entry(one.office, source, Part.AGENTS, Change(code="x", withdraw=True))
        await save_entry(one.office, source, Part.SKILLS, Change(code="close", withdraw=True))
        codes = ("x", "close")
        pushed = await push(one.office, "agents", "skills", codes=codes)
        assert told(pushed, BAKERY) == [("agents x", "updated", ""), ("skills close", "updated", "")]
        assert states(pushed) == {BAKERY: ClientState.CHANGED, FINCH: ClientState.SAME}
        assert not (await entries(one, bakery, Part.AGENTS))["x"].active
        drifted = [code for part in await get_drift(one.office, bakery) for code in (*part.here, *(part.there or ()))]
        assert not set(codes) & set(drifted)
        assert set(states(await push(one.office, "agents", "skills", codes=codes)).values()) == {ClientState.SAME}


async def test_the_mode_says_whether_entries_are_added_or_brought_up_to_date(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        await two_clients(one)
        await save(one, one.organization, Part.ACCOUNTS, "4777", name="Filing fees", type="income")
        await save(one, one.organization, Part.ACCOUNTS, "4000", name="Fees")
        found = {}
        for mode in Mode:
            pushed = await push(one.office, "accounts", mode=mode, dry_run=True)
            found[mode] = [f"{name} {action}" for name, action, _ in told(pushed, BAKERY)]
        added, updated = ["accounts 4777 added"], ["accounts 4000 updated"]
        assert found == {Mode.ADD: added, Mode.UPDATE: updated, Mode.BOTH: updated + added}
        chosen = await push(one.office, "accounts", codes=("4777",))
        assert told(chosen, BAKERY) == [("accounts 4777", "added", "")]
        with pytest.raises(InvalidInput, match="codes"):
            await push(one.office, "accounts", codes=("9999",))


async def test_a_code_is_that_of_each_part_however_it_is_written_there(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        await two_clients(one)
        await save(one, one.organization, Part.TAX_CODES, "REDUCED", name="Five")
        for name in ("Reduced", "Other", "OTHER"):
            await save(one, one.organization, Part.POSTING_PROFILES, name, revenue="4100")
        pushed = await push(one.office, "tax_codes", "posting_profiles", codes=("REDUCED",), dry_run=True)
        updated, added = ("tax_codes REDUCED", "updated", ""), ("posting_profiles Reduced", "added", "")
        assert told(pushed, BAKERY) == [updated, added]
        pushed = await push(one.office, "posting_profiles", codes=("OTHER",), dry_run=True)
        assert told(pushed, BAKERY) == [("posting_profiles OTHER", "added", "")]


async def test_what_does_not_fit_is_refused_by_number_and_the_rest_is_done(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        bakery, _ = await two_clients(one)
        client = bakery.organization
        await save(one, one.organization, Part.ACCOUNTS, "4777", name="Filing fees", type="income")
        await save(one, one.organization, Part.POSTING_PROFILES, "Fees", revenue="4777")
        assert told(await push(one.office, "posting_profiles"), BAKERY) == [
            ("posting_profiles Fees", "refused", "the chart has no account 4777")
        ]
        await save(one, client, Part.ACCOUNTS, "4777", name="Deposits", type="liability")
        pushed = await push(one.office, "accounts", "posting_profiles")
        assert told(pushed, FINCH) == [("accounts 4777", "added", ""), ("posting_profiles Fees", "added", "")]
        assert told(pushed, BAKERY) == [
            ("accounts 4777", "refused", "it is of type liability here, not income"),
            ("posting_profiles Fees", "refused", "4777 is of type liability, not income"),
        ]
        assert (await entries(one, bakery, Part.ACCOUNTS))["4777"].values["type"] == "liability"
        await save(one, one.organization, Part.ACCOUNTS, "4888", name="Other", type="income")
        await push(one.office, "accounts")
        await save(one, client, Part.TAX_CODES, "ZERO", revenue_account="4888")
        await save_entry(one.office, one.books(one.organization), Part.ACCOUNTS, Change(code="4888", withdraw=True))
        pushed = await push(one.office, "accounts", codes=("4888",))
        assert told(pushed, BAKERY) == [("accounts 4888", "refused", "it is in use by the tax code ZERO")]
        assert told(pushed, FINCH) == [("accounts 4888", "updated", "")]
        assert states(pushed) == {BAKERY: ClientState.REFUSED, FINCH: ClientState.CHANGED}


async def test_what_is_of_one_country_does_not_go_abroad(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        await one.client("Harbour Bakery", "FR")
        await save(one, one.organization, Part.PAYMENT_TERMS, "NET30", name="Thirty days")
        pushed = await push(one.office, "tax_codes", "tax_authorities", "payment_terms", codes=())
        assert told(pushed, BAKERY)[:2] == [
            ("tax_authorities", "refused", "the country is France (FR), not the United Kingdom (GB)"),
            ("tax_codes", "refused", "the country is France (FR), not the United Kingdom (GB)"),
        ]
        assert ("payment_terms NET30", "updated", "") in told(pushed, BAKERY)


async def test_what_is_of_one_chart_stays_there(tmp_path: Path) -> None:
    async with practice(tmp_path, country="DE", chart_of_accounts="skr03") as one:
        for name, country, chart in (("Alder", "DE", "skr04"), ("Birch", "FR", "pcg"), ("Cedar", "FR", "standard")):
            request = ClientRequest(name=name, country=country, choices=Choices(chart_of_accounts=chart))
            assert (await create_client_organization(one.office, request)).created
        own = await one.client("Dorn", "DE", copy_from=one.organization.handle)
        await save(one, one.organization, Part.ACCOUNTS, "8777", name="Gebühren", type="income")
        await save(one, one.organization, Part.POSTING_PROFILES, "Fees", revenue="8777")
        await save(one, one.organization, Part.TAX_CODES, "REDUCED", name="Ermäßigt", revenue_account="8777")
        pushed = await push(one.office, "accounts", "posting_profiles")
        for handle, chart in (("alder", "skr04"), ("birch", "pcg"), ("cedar", "standard")):
            because = f"the chart of accounts is {chart}, not skr03"
            assert told(pushed, f"{handle}-sandbox") == [
                ("accounts", "refused", because),
                ("posting_profiles", "refused", because),
            ]
        assert told(pushed, own.handle) == [("accounts 8777", "added", ""), ("posting_profiles Fees", "added", "")]
        await save(
            one,
            one.organization,
            Part.TAX_CODES,
            "NEW",
            name="Neu",
            category="S",
            percent="19",
            valid_from="2026-01-01",
            label="USt",
            revenue_account="8777",
        )
        pushed = await push(one.office, "tax_codes", codes=("NEW",))
        because = "the chart of accounts is skr04, not skr03: its lines post as the profile says"
        assert told(pushed, "alder-sandbox") == [("tax_codes NEW", "refused", because)]
        assert told(pushed, own.handle) == [("tax_codes NEW", "added", "")]


async def test_everything_that_can_be_pushed_arrives_whole(tmp_path: Path) -> None:
    async with practice(tmp_path, country="US") as one:
        client = one.books(await one.client("Harbour Bakery", "US"))
        source = one.books(one.organization)
        await enrich(source)
        await instruct(source)
        parts = (
            *("accounts", "tax_authorities", "jurisdictions", "tax_codes", "withholdings", "payment_terms"),
            *("agents", "skills", "posting_profiles", "transaction_types", "workflows"),
        )
        dry = await push(one.office, *parts, dry_run=True)
        pushed = await push(one.office, *parts)
        assert pushed == dry
        assert {action for _, action, _ in told(pushed, BAKERY)} == {"added", "updated"}
        assert set(states(await push(one.office, *parts)).values()) == {ClientState.SAME}
        assert {part.state for part in await get_drift(one.office, client)} == {Drift.NONE}
        assert (await verify_books(client)).problem == ""


async def test_a_rate_of_a_jurisdiction_is_pushed_into_every_stack_that_has_it(tmp_path: Path) -> None:
    async with practice(tmp_path, country="US") as one:
        await enrich(one.books(one.organization))
        client = one.books(await one.client("Harbour Bakery", "US", copy_from=one.organization.handle))
        await save(one, one.organization, Part.JURISDICTIONS, "MARIN", percent="0.75", valid_from="2027-01-01")
        refused = await push(one.office, "tax_codes")
        because = "the jurisdiction county Marin is not there as it is at the source"
        assert told(refused, BAKERY) == [("tax_codes STACK", "refused", because)]
        await push(one.office, "jurisdictions")
        assert "0.75 from 2027-01-01" in (await entries(one, client, Part.TAX_CODES))["STACK"].values["parts"]
        assert set(states(await push(one.office, "jurisdictions", "tax_codes")).values()) == {ClientState.SAME}


async def test_arguments_of_an_agent_are_told_whole(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        bakery, _ = await two_clients(one)
        agent = {"name": "X", "description": "Does x", "instructions": "Do x", "arguments": "month (month): any"}
        await save(one, one.organization, Part.AGENTS, "x", **agent)
        await push(one.office, "agents")
        await save(one, one.organization, Part.AGENTS, "x", arguments="month (month, required): which")
        await push(one.office, "agents")
        (act, *_) = (await get_history(bakery, cursor="", limit=1)).items
        assert act.detail["changed"] == {"agents x arguments": ["month (month): any", "month (month, required): which"]}


async def test_files_of_a_skill_come_and_go_and_what_it_is_to_know_stays(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        bakery, _ = await two_clients(one)
        source = one.books(one.organization)
        files = (skill_file("SKILL.md", b"# Close"), skill_file("old.md", b"Old"))
        await source.write(lambda db: add_skills(db, [Skill("close", "Close", "Closes", files)]))
        await push(one.office, "skills")
        await bakery.write(lambda db: save_skill_settings(db, "close", [("day", "5")]))
        await source.write(lambda db: drop_skill_file(db, "close", "old.md"))
        await push(one.office, "skills")
        assert await bakery.read(load_skills) == await source.read(load_skills)
        assert await bakery.read(load_skill_settings) == {"close": (("day", "5"),)}


async def test_one_clients_failure_touches_no_other_and_the_push_goes_on_where_it_was(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        bakery, finch = await two_clients(one)
        await one.client("Rook")
        await save(one, one.organization, Part.ACCOUNTS, "4777", name="Filing fees", type="income")
        with failing_at(finch.organization.id, 0, InTheMiddle()):
            pushed = await push(one.office, "accounts")
        changed = ClientState.CHANGED
        assert states(pushed) == {BAKERY: changed, FINCH: ClientState.FAILED, "rook-sandbox": changed}
        assert "4777" not in await entries(one, finch, Part.ACCOUNTS)
        assert (await verify_books(finch)).problem == ""
        with raw(folder_of(bakery) / BOOKS_FILE) as connection:
            before = list(connection.iterdump())
        pushed = await push(one.office, "accounts")
        same = ClientState.SAME
        assert states(pushed) == {BAKERY: same, FINCH: changed, "rook-sandbox": same}
        with raw(folder_of(bakery) / BOOKS_FILE) as connection:
            assert list(connection.iterdump()) == before
