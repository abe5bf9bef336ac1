"""What an assistant is told of a push, of a copy that does not fit, and of what has drifted: short, and complete."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from invoicing.organizations import Environment, NamedWrites, OrganizationKind, OrganizationRef, Role
from operations.pushing.differences import Action, PushedEntry
from operations.pushing.pushing import ClientOutcome, ClientState, Pushed
from server.app import find_organization
from storage.directory import users
from tests.support.assistant import ERAS, Era, assistant, text_of
from tests.support.http import BAKERY, FINCH, house
from tests.support.people import another_practice
from tests.support.practice import practice
from tools.push_configuration import pushed_answer
from views.pushing import pushed_groups
from views.remedies import for_assistant

PRACTICE = "ledger-co-sandbox"
FEES: dict[str, Any] = {"part": "accounts", "code": "4777", "values": {"name": "Filing fees", "type": "income"}}
TOKENS_MAX = 2_000


@pytest.mark.parametrize("era", ERAS)
async def test_a_push_is_told_before_it_is_done_over_http(tmp_path: Path, era: Era) -> None:
    async with house(tmp_path) as home, home.site.chat(await home.credentials.token(), era=era) as chat:
        await chat.ok("save_configuration", organization=PRACTICE, **FEES)
        dry = await chat.call("push_configuration", parts=["accounts"], codes=["4777"])
        assert text_of(dry).splitlines()[1:] == [
            "Dry run, nothing was changed. 2 clients: 2 changed.",
            f"- {FINCH}, {BAKERY}, changed: accounts 4777 added",
            "With dry_run=false and clients named it is done.",
        ]
        refused = await chat.refused("push_configuration", parts=["accounts"], dry_run=False)
        assert (refused["code"], refused["field"]) == ("invalid_input", "clients")
        done = await chat.ok("push_configuration", parts=["accounts"], clients=[BAKERY], dry_run=False)
        assert (done["states"], done["groups"][0]["handles"]) == ({"changed": 1}, [BAKERY])
        again = await chat.ok("push_configuration", parts=["accounts"], clients=["*"], mode="add", dry_run=False)
        assert again["states"] == {"changed": 1, "same": 1}
        told = text_of(await chat.call("get_configuration", part="drift", organization=BAKERY))
        assert f"- accounts: state=as copied, source={PRACTICE}" in told


async def test_both_words_for_all_clients_are_taken_by_both_acts(tmp_path: Path) -> None:
    async with practice(tmp_path) as one, assistant(one.office) as chat:
        for name in ("Harbour Bakery", "Finch Studio"):
            await one.client(name)
        await chat.ok("save_configuration", organization=PRACTICE, **FEES)
        for word, states in (("all", {"changed": 2}), ("*", {"same": 2}), ("All", {"same": 2})):
            pushed = await chat.ok("push_configuration", parts=["accounts"], clients=[word], dry_run=False)
            assert pushed["states"] == states
            assert (await chat.ok("export_documents", format="csv", clients=[word]))["count"] == 2
        refused = await chat.refused("create_client_organization", name="All", country="GB", handle="all")
        assert (refused["code"], refused["field"]) == ("invalid_input", "handle")


async def test_what_is_in_reach_and_not_what_an_act_is_for_is_told_so_and_is_no_candidate(tmp_path: Path) -> None:
    async with practice(tmp_path) as one, assistant(one.office) as chat:
        await one.client("Harbour Bakery")
        other, _ = await another_practice(one)
        rival = await find_organization(other, "rival-sandbox")

        def join(db: Session) -> None:
            users.add_membership(db, one.principal.user_id, rival.id, Role.OWNER)

        await one.store.directory.write(join)
        named = {"partner": PRACTICE}
        fresh = {"name": "Quiet Office", "country": "GB", **named}
        sent: list[tuple[str, dict[str, Any], str, str]] = [
            ("get_practice_overview", {"partner": BAKERY}, "partner", "no practice"),
            (
                "export_documents",
                {"format": "csv", "clients": ["all"], "organization": BAKERY},
                "organization",
                "no practice",
            ),
            (
                "push_configuration",
                {"parts": ["accounts"], "clients": [PRACTICE], **named},
                "clients",
                f"no client of {PRACTICE}",
            ),
            (
                "create_client_organization",
                {**fresh, "copy_from": rival.handle},
                "copy_from",
                f"neither {PRACTICE} nor a client of it",
            ),
        ]
        for tool, arguments, field, what in sent:
            refused = await chat.refused(tool, **arguments)
            handle = {"partner": BAKERY, "organization": BAKERY, "clients": PRACTICE, "copy_from": rival.handle}[field]
            assert (refused["code"], refused["field"], refused.get("candidates", [])) == ("not_found", field, [])
            assert refused["message"].startswith(f"{handle} is {what}.")
        # Nothing changes for what is out of reach.
        missing = await chat.refused("get_practice_overview", partner="ledger-co")
        assert missing["message"].startswith("No organization that you can reach has the handle ledger-co.")


@pytest.mark.parametrize("era", ERAS)
async def test_a_copy_that_does_not_fit_says_how_its_layer_is_repeated(tmp_path: Path, era: Era) -> None:
    async with practice(tmp_path) as one, assistant(one.office, era) as chat:
        told: list[tuple[float, float | None, str | None]] = []

        async def hear(progress: float, total: float | None, message: str | None) -> None:
            told.append((progress, total, message))

        wanted = {"name": "Finch Studio", "country": "GB", "copy_from": PRACTICE}
        await chat.client.call_tool("create_client_organization", wanted, progress_callback=hear)
        assert told == [(1, 3, "1 of 3 layers"), (2, 3, "2 of 3 layers"), (3, 3, "3 of 3 layers")]
        finch = {"organization": "finch-studio-sandbox"}
        await chat.ok("save_configuration", **FEES, **finch)
        await chat.ok("save_configuration", part="posting_profiles", code="Shop", values={"revenue": "4777"}, **finch)
        wanted = {"name": "Harbour Bakery", "country": "GB", "copy_from": finch["organization"]}
        made = text_of(await chat.call("create_client_organization", **wanted)).splitlines()
        assert made[2:7] == [
            f"From {PRACTICE}: 43 accounts, 1 tax authority, 10 tax codes, 2 withholdings, 5 payment terms, 6 agents,"
            " 6 skills.",
            "From finch-studio-sandbox: 1 posting profile, 2 transaction types.",
            "Posting profiles: copied in part, completed with the usual ones.",
            'finch-studio-sandbox has other accounts: organization_layer="source" takes them.',
            "The posting profile Shop of finch-studio-sandbox was not copied: the chart has no account 4777.",
        ]
        how = 'the same call with handle="harbour-bakery-sandbox" and repeat_layer="entity".'
        assert f"When what is missing is there, copy them again: {how}" in made
        await chat.ok("save_configuration", **FEES, organization=BAKERY)
        again = wanted | {"handle": BAKERY, "repeat_layer": "entity"}
        repeated = text_of(await chat.call("create_client_organization", **again)).splitlines()
        assert repeated[1:] == [
            f"Copied once more into Harbour Bakery ({BAKERY}):",
            "From finch-studio-sandbox: 2 posting profiles, 2 transaction types.",
            "New: the posting profile Shop: receivable 1100; revenue 4777; tax_payable 2100; discount 4300; rounding"
            " 4900; bank 1000; write_off 6600; bank_charges 6800; exchange_gain 7100; exchange_loss 7100; withheld_tax"
            " 1410; customer_credit 2310; advances 2300; passed_on 1310.",
        ]
        same = await chat.call("create_client_organization", **again)
        unchanged = f"Nothing to change in Harbour Bakery ({BAKERY}): what fits is there already."
        assert text_of(same).splitlines()[1:] == [unchanged]
        odd = await chat.refused("create_client_organization", **(again | {"repeat_layer": "schema"}))
        assert (odd["code"], odd["field"], odd["candidates"]) == ("invalid_input", "repeat_layer", ["entity"])
        model = await chat.refused("create_client_organization", **wanted, organization_layer="client")
        assert (model["field"], model["candidates"]) == ("organization_layer", ["practice", "source"])


async def test_what_never_fits_is_told_without_a_second_call(tmp_path: Path) -> None:
    async with practice(tmp_path) as one, assistant(one.office) as chat:
        await chat.ok("create_client_organization", name="Finch Studio", country="GB", copy_from=PRACTICE)
        await chat.ok("save_configuration", part="workflows", code="B", values={"steps": "owner"}, organization=FINCH)
        big = {"steps": "owner", "conditions": "total > 1000 USD; currency = GBP"}
        await chat.ok("save_configuration", part="workflows", code="BIG", values=big, organization=FINCH)
        wanted = {"name": "Rue Cler", "country": "FR", "copy_from": FINCH}
        told = text_of(await chat.call("create_client_organization", **wanted))
        assert f"The workflow BIG of {FINCH} was not copied: it says" in told
        assert "copy them again" not in told
        assert "Posting profiles:" not in told
        await chat.ok("save_configuration", **FEES, organization=FINCH)
        profile = {"part": "posting_profiles", "code": "Shop", "values": {"revenue": "4777"}}
        await chat.ok("save_configuration", **profile, organization=FINCH)
        wanted = {"name": "Quay", "country": "GB", "copy_from": FINCH}
        assert "copy them again" in text_of(await chat.call("create_client_organization", **wanted, dry_run=False))


def test_a_thousand_clients_are_told_in_few_words_alike_or_not() -> None:
    alike = pushed_answer(pushed(1_000, lambda _: "20 from 2011-01-04"), dry_run=True, cursor="")
    assert alike.structured_content is not None
    assert alike.structured_content["groups"][0]["handles"] == [f"client-{number:04}" for number in range(1_000)]
    assert text_of(alike).splitlines()[2] == (
        "- client-0000, client-0001, client-0002 and 997 more, changed: tax_codes STANDARD updated"
        " (rates: 20 from 2011-01-04 -> 21 from 2027-01-01)"
    )
    different = pushed(1_000, lambda number: f"{number} from 2011-01-04; " * 40)
    cursor, seen = "", 0
    for _ in range(3):
        page = pushed_answer(different, dry_run=True, cursor=cursor)
        assert len(text_of(page)) / 4 < TOKENS_MAX
        assert len(json.dumps(page.structured_content)) / 4 < 3 * TOKENS_MAX
        assert page.structured_content is not None
        cursor, seen = page.structured_content["next_cursor"], seen + len(page.structured_content["groups"])
        assert page.structured_content["left"] == 1_000 - seen
        assert text_of(page).count("client-") == len(page.structured_content["groups"])


def test_every_entry_of_every_client_can_be_had_page_by_page() -> None:
    codes = tuple(f"{number:04}" for number in range(300))
    many = pushed(30, lambda number: f"{number} from 2011-01-04", codes=codes)
    cursor, seen, first = "", dict[str, list[str]](), ""
    while not seen or cursor:
        page = pushed_answer(many, dry_run=True, cursor=cursor)
        assert len(text_of(page)) / 4 < TOKENS_MAX
        first = first or text_of(page)
        assert page.structured_content is not None
        for group in page.structured_content["groups"]:
            seen |= dict.fromkeys(group["handles"], group["entries"])
        cursor = page.structured_content["next_cursor"]
    assert len(seen) == 30
    assert {len(entries) for entries in seen.values()} == {300}
    assert "; 296 more entries" in first
    few = pushed(9, lambda _: "20 from 2011-01-04", codes=codes[:9])
    assert text_of(pushed_answer(few, dry_run=True, cursor="")).count("client-") == 9


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("", "NY Tax Dept", "(nothing) -> NY Tax Dept"),
        (f"Ask first. {'x ' * 50}end", f"Go on. {'x ' * 50}end", "Ask first.... -> Go on...."),
        (f"{'x ' * 50}20", f"{'x ' * 50}20 to 2026; 21", f"...{'x ' * 9}20 -> ...{'x ' * 9}20 to 2026; 21"),
        (f"{'x ' * 50}one {'y ' * 50}", f"{'x ' * 50}two {'y ' * 50}", f"...{'x ' * 10}one... -> ...{'x ' * 10}two..."),
        ("é" * 200 + "a", "é" * 200 + "b\n", f"...{'é' * 20}a -> ...{'é' * 20}b\\n"),
        ("a" * 100, "b" * 100, f"{'a' * 80}... -> {'b' * 80}..."),
    ],
)
def test_of_a_long_value_is_told_what_differs(old: str, new: str, said: str) -> None:
    entry = PushedEntry(part="agents", code="x", action=Action.UPDATED, changed={"instructions": (old, new)})
    outcome = ClientOutcome(client=client("finch"), state=ClientState.CHANGED, entries=(entry,))
    (group,) = pushed_groups([outcome], for_assistant)
    assert group.entries == [f"agents x updated (instructions: {said})"]


def pushed(count: int, before: Any, *, codes: Sequence[str] = ("STANDARD",)) -> Pushed:
    outcomes = tuple(
        ClientOutcome(
            client=client(f"client-{number:04}"),
            state=ClientState.CHANGED,
            entries=tuple(
                PushedEntry(
                    part="tax_codes",
                    code=code,
                    action=Action.UPDATED,
                    changed={"rates": (before(number), "21 from 2027-01-01")},
                )
                for code in codes
            ),
        )
        for number in range(count)
    )
    return Pushed(client(PRACTICE), outcomes)


def client(handle: str) -> OrganizationRef:
    return OrganizationRef(
        id=handle,
        handle=handle,
        name=handle,
        kind=OrganizationKind.STANDARD,
        environment=Environment.SANDBOX,
        country="GB",
        currency="GBP",
        partner_id="practice",
        named_writes=NamedWrites.LIVE,
        archived=False,
        role=Role.OWNER,
    )
