"""What a copy cannot keep the meaning of, it does not take, or says: nothing is left behind without a word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from invoicing.approval.workflows import WORKFLOWS_MAX
from invoicing.assistance.agents import Agent
from invoicing.organizations import Environment, OrganizationRef
from invoicing.refusals import InvalidInput
from operations.assistance.prompts import brief
from operations.configuration.configuring import get_history, save_entry
from operations.configuration.entries import Change, Part
from operations.copying.drift import Drift
from operations.layer_plans import Model
from operations.naming import Caller, DedicatedConnection
from operations.onboarding import ClientRequest, create_client_organization
from operations.profile import update_organization
from operations.templates import Choices
from storage.books.agents import load_agents
from storage.books.tax_codes import load_tax_codes
from storage.books.workflows import load_workflows
from tests.operations.test_copying import copy, drift, made_of, parts, save, with_a_shop
from tests.operations.test_pushing import push, told
from tests.support.people import refusal
from tests.support.practice import Practice, practice
from views.assistance import briefing_text

# Amounts of another currency


async def test_a_workflow_of_an_amount_does_not_go_to_books_in_another_currency_unsaid(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        own = one.organization
        await save(one, own, Part.WORKFLOWS, "BIG", steps="owner", conditions="total > 1000 GBP")
        await save(one, own, Part.WORKFLOWS, "STEP", steps="owner | owner, if total >= 50 GBP")
        await save(one, own, Part.WORKFLOWS, "HOME", steps="owner", conditions="currency = GBP")
        await save(one, own, Part.WORKFLOWS, "DOLLARS", steps="owner", conditions="currency = USD")
        await save(one, own, Part.WORKFLOWS, "EUROS", steps="owner", conditions="total > 1000 EUR")
        reasons = {
            "BIG": "it says total > 1000 GBP, and the books are in EUR",
            "STEP": "it says total >= 50 GBP, and the books are in EUR",
            "HOME": "it says currency = GBP, and the books are in EUR",
        }
        abroad = parts(await copy(one, own, country="DE"))["workflows"]
        assert {entry.code: entry.because for entry in abroad.untranslated} == reasons
        assert abroad.copied == 2
        at_home = parts(await copy(one, own))["workflows"]
        assert (at_home.untranslated, at_home.copied) == ((), 5)
        french = await one.client("Rue Cler", "FR")
        refused = {
            code: because
            for code, act, because in told(await push(one.office, "workflows"), french.handle)
            if act == "refused"
        }
        assert refused == {f"workflows {code}": because for code, because in reasons.items()}


# The default tax code


async def test_the_default_tax_code_is_one_in_use_and_the_note_says_which(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        own = one.organization
        await update_organization(one.office, one.books(own), {"vat_registration": "not_registered"})
        await save(one, own, Part.TAX_CODES, "SMALL-BUSINESS", default="true")
        made = await copy(one, own)
        assert [note.text for note in made.notes][1:] == ["The default tax code is STANDARD."]
        change = Change(code="STANDARD", withdraw=True)
        await save_entry(one.office, one.books(own), Part.TAX_CODES, change)
        made = await copy(one, own)
        said = f"The default tax code is STANDARD, taken into use again: {own.handle} has it out of use."
        assert [note.text for note in made.notes][2:] == [said]
        books = one.books(made_of(made))
        codes = await books.read(load_tax_codes)
        assert [(code.code, code.active) for code in codes if code.is_default] == [("STANDARD", True)]


# What a repeated layer changes


async def test_what_a_repeated_layer_would_overwrite_is_told_before_and_on_record(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        finch = await with_a_shop(one)
        await save(one, finch, Part.WORKFLOWS, "ALL", steps="owner")
        client = made_of(await copy(one, finch, organization_layer=Model.SOURCE))
        again: dict[str, Any] = {"repeats_entity_layer": True, "handle": client.handle}
        await save(one, client, Part.POSTING_PROFILES, "Shop", revenue="4100")
        dry = await copy(one, finch, **again, dry_run=True)
        said = "Changed: the posting profile Shop: revenue 4100 -> 4888."
        assert [change.text for change in dry.changes] == [said]
        assert await copy(one, finch, **again) == dry
        (act, *_) = (await get_history(one.books(client), cursor="", limit=9)).items
        assert (act.act, act.detail["changed"]) == (
            "repeat_layer",
            {"posting_profiles Shop revenue": ["4100", "4888"]},
        )


async def test_a_repeated_layer_brings_no_more_workflows_than_there_can_be(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        finch = await one.client("Finch Studio", copy_from=one.organization.handle)
        client = made_of(await copy(one, finch))
        for number in range(WORKFLOWS_MAX):
            await save(one, client, Part.WORKFLOWS, f"W{number}", steps="owner")
        await save(one, finch, Part.WORKFLOWS, "ONE-MORE", steps="owner")
        made = await copy(one, finch, repeats_entity_layer=True, handle=client.handle)
        (refused,) = parts(made)["workflows"].untranslated
        assert (refused.code, refused.because) == ("ONE-MORE", "an organization has at most 20 workflows")
        assert made.changes == ()
        assert len(await one.books(client).read(load_workflows)) == WORKFLOWS_MAX


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"organization_layer": Model.SOURCE}, "organization_layer"),
        ({"choices": Choices(currency="EUR")}, "currency"),
        ({"choices": Choices(chart_of_accounts="empty")}, "chart_of_accounts"),
        ({"environment": Environment.LIVE}, "environment"),
    ],
)
async def test_what_repeating_a_layer_would_not_do_is_refused(
    tmp_path: Path, asked: dict[str, Any], field: str
) -> None:
    async with practice(tmp_path) as one:
        client = await one.client("Harbour Bakery", copy_from=one.organization.handle)
        again: dict[str, Any] = {"repeats_entity_layer": True, "handle": client.handle}
        refused = await refusal(copy(one, one.organization, **again, **asked))
        assert (type(refused), refused.field) == (InvalidInput, field)
        same = Choices(currency="GBP")
        assert (await copy(one, one.organization, **again, choices=same)).changes == ()


# Agents, and the workflows that they name


async def test_a_copied_agent_names_only_workflows_that_are_there(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        own = one.organization
        agent = {"name": "Bill", "description": "Bill", "instructions": "Do it", "tools": "get_organization"}
        for code in ("BIG", "SMALL"):
            await save(one, own, Part.WORKFLOWS, code, steps="owner")
        await save(one, own, Part.AGENTS, "bill", **agent, workflows="BIG SMALL")
        whole = made_of(await copy(one, own))
        assert next(kept.workflows for kept in await _agents(one, whole)) == ("BIG", "SMALL")
        finch = await one.client("Finch Studio")
        await save(one, finch, Part.WORKFLOWS, "BIG", steps="owner")
        made = await copy(one, finch)
        client = made_of(made)
        (_, said) = made.notes
        assert said.text == f"The agent bill of {own.handle} is not as there: the workflow SMALL is not there."
        assert next(kept.workflows for kept in await _agents(one, client)) == ("BIG",)
        french = await one.client("Rue Cler", "FR")
        refused = [("agents bill", "refused", "the workflow BIG, SMALL is not there")]
        assert told(await push(one.office, "agents", codes=("bill",)), french.handle) == refused
        await push(one.office, "agents", "workflows", codes=("bill", "BIG", "SMALL"))
        assert next(kept.workflows for kept in await _agents(one, french)) == ("BIG", "SMALL")


async def test_a_prompt_names_only_workflows_in_use(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        client = one.first_client
        for code in ("BIG", "OLD"):
            await save(one, client, Part.WORKFLOWS, code, steps="owner")
        agent = {"name": "Bill", "description": "Bill", "instructions": "Do it", "tools": "get_organization"}
        await save(one, client, Part.AGENTS, "bill", **agent, workflows="BIG OLD")
        withdrawn = Change(code="OLD", withdraw=True)
        await save_entry(one.office, one.books(client), Part.WORKFLOWS, withdrawn)
        caller = Caller(one.office, DedicatedConnection(client), protocol_session="", protocol_has_sessions=False)
        told = briefing_text(await brief(caller, "bill", {}, lambda _: True))
        assert "Workflows that documents go through here: BIG." in told.splitlines()


async def _agents(one: Practice, organization: OrganizationRef) -> tuple[Agent, ...]:
    agents = await one.books(organization).read(load_agents)
    return tuple(agent for agent in agents if agent.code == "bill")


# What differs on the day of the copy


async def test_what_was_not_copied_for_its_currency_has_not_drifted(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        client = made_of(await copy(one, one.organization, country="FR", organization_layer=Model.SOURCE))
        found = await drift(one.office, one.books(client))
        assert {part.state for part in found.values()} == {Drift.NONE}


async def test_what_the_source_has_otherwise_and_a_copy_leaves_behind_is_said(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        finch = await one.client("Finch Studio", copy_from=one.organization.handle)
        assert (await copy(one, finch)).notes == ()
        await save(one, finch, Part.ACCOUNTS, "4888", name="Shop sales", type="income")
        await save(one, finch, Part.TAX_CODES, "ZERO", default="true")
        await save(one, finch, Part.PAYMENT_TERMS, "NET45", name="45", days="45", default="true")
        await update_organization(one.office, one.books(finch), {"prices_include_tax": True})
        (_, said) = (await copy(one, finch)).notes
        assert said.text == (
            f"{finch.handle} has other accounts, tax codes, payment terms, policy:"
            ' organization_layer="source" takes them.'
        )
        abroad = [note.text for note in (await copy(one, finch, country="FR")).notes]
        assert any(note.startswith(f"{finch.handle} has other accounts, payment terms, policy:") for note in abroad)
        assert (await copy(one, finch, organization_layer=Model.SOURCE)).notes[1:] == ()
        assert (await copy(one, finch, copy_entity_configuration=False)).notes[1:] == ()


async def test_that_the_source_is_in_another_currency_is_said(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        euros = made_of(await copy(one, one.organization, choices=Choices(currency="EUR")))
        for model in Model:
            notes = [note.text for note in (await copy(one, euros, organization_layer=model)).notes]
            assert f"The books are in GBP; those of {euros.handle} are in EUR." in notes
            same = await copy(one, euros, organization_layer=model, choices=Choices(currency="EUR"))
            assert not any("The books are in" in note.text for note in same.notes)


async def test_a_source_as_the_model_has_to_be_named(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        request = ClientRequest(name="Harbour Bakery", country="GB", organization_layer=Model.SOURCE)
        refused = await refusal(create_client_organization(one.office, request))
        assert (type(refused), refused.field) == (InvalidInput, "organization_layer")
