"""What a copy cannot keep the meaning of, it does not take, or says: nothing is left behind without a word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from invoicing.approval.workflows import WORKFLOWS_MAX
from invoicing.organizations import Environment
from invoicing.refusals import InvalidInput, LimitExceeded
from operations.configuration.configuring import get_history, save_entry
from operations.configuration.entries import Change, Part
from operations.layer_plans import Model
from operations.profile import update_organization
from operations.templates import Choices
from storage.books.tax_codes import load_tax_codes
from tests.operations.test_copying import copy, made_of, parts, save, with_a_shop
from tests.operations.test_pushing import push, told
from tests.support.people import refusal
from tests.support.practice import practice

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
        again = copy(one, finch, repeats_entity_layer=True, handle=client.handle)
        assert isinstance(await refusal(again), LimitExceeded)


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
