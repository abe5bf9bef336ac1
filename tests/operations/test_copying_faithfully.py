"""What a copy cannot keep the meaning of, it does not take, or says: nothing is left behind without a word."""

from __future__ import annotations

from pathlib import Path

from operations.configuration.configuring import save_entry
from operations.configuration.entries import Change, Part
from operations.profile import update_organization
from storage.books.tax_codes import load_tax_codes
from tests.operations.test_copying import copy, made_of, parts, save
from tests.operations.test_pushing import push, told
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
