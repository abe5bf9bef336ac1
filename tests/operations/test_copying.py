"""Copying part by part: what fits is copied, what does not is said, a layer is repeated, and what drifts is known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from invoicing.organizations import CredentialKind, OrganizationRef
from invoicing.refusals import Conflict, InvalidInput, NotAllowed, NotFound
from operations.access import Office, open_books
from operations.configuration.configuring import get_history, save_entry
from operations.configuration.entries import Change, Part
from operations.copying.drift import Drift, PartDrift, get_drift
from operations.layer_outcomes import PartOutcome, part_outcomes, states_by_layer
from operations.layer_plans import Model
from operations.onboarding import ClientRequest, NewClient, create_client_organization
from operations.organizations import ANOTHER
from operations.rights import Right
from operations.verification import verify_books
from storage.books.pool import BOOKS_FILE, Books
from tests.operations.test_going_live import live, ready
from tests.support.folders import folder_of
from tests.support.layers import load_entity_layer
from tests.support.people import archive, colleague, refusal
from tests.support.practice import Practice, practice
from tests.support.raw import raw


async def copy(one: Practice, source: OrganizationRef, *, country: str = "GB", **more: Any) -> NewClient:
    request = ClientRequest(name="Harbour Bakery", country=country, copy_from=source.handle, **more)
    return await create_client_organization(one.office, request)


def made_of(made: NewClient) -> OrganizationRef:
    assert made.created is not None
    return made.created


def parts(made: NewClient) -> dict[str, PartOutcome]:
    return {one.part: one for one in part_outcomes(made.outcomes)}


async def save(one: Practice, organization: OrganizationRef, part: Part, code: str, **values: str) -> None:
    await save_entry(one.office, one.books(organization), part, Change(code=code, values=values))


async def with_a_shop(one: Practice) -> OrganizationRef:
    """A client with an account of its own and a second posting profile that posts to it."""
    finch = await one.client("Finch Studio", copy_from=one.organization.handle)
    await save(one, finch, Part.ACCOUNTS, "4888", name="Shop sales", type="income")
    await save(one, finch, Part.POSTING_PROFILES, "Shop", revenue="4888")
    await save(one, finch, Part.TRANSACTION_TYPES, "Sales invoice", posting_profile="Shop")
    return finch


async def drift(office: Office, books: Books) -> dict[str, PartDrift]:
    return {one.part: one for one in await get_drift(office, books)}


# What fits


async def test_the_profiles_that_fit_are_copied_and_the_others_reported_by_number(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        finch = await with_a_shop(one)
        made = await copy(one, finch)
        assert states_by_layer(made.outcomes)["entity"] == "partial"
        outcome = parts(made)["posting_profiles"]
        assert (outcome.source, outcome.copied, outcome.count) == (finch.handle, 1, 1)
        said = [(one.code, one.because) for one in outcome.untranslated]
        assert said == [("Shop", "the chart has no account 4888")]
        (not_there,) = parts(made)["transaction_types"].untranslated
        assert (not_there.code, not_there.because) == ("Sales invoice", "its posting profile Shop is not there")
        assert [note.text for note in made.notes] == [
            f'{finch.handle} has other accounts: organization_layer="source" takes them.',
            f"The posting profile Shop of {finch.handle} was not copied: the chart has no account 4888.",
            f"The transaction type Sales invoice of {finch.handle} was not copied: its posting profile Shop is not"
            " there.",
        ]
        books = one.books(made_of(made))
        entity = await books.read(load_entity_layer)
        assert [one.name for one in entity["posting_profiles"]] == ["Standard"]
        assert {one.kind: one.posting_profile for one in entity["transaction_types"]} == {
            "invoice": "Standard",
            "credit_note": "Standard",
        }
        await one.issue(books, (await one.customer(books)).id)


async def test_an_account_of_the_same_number_and_another_type_is_another_account(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        finch = await with_a_shop(one)
        await save(one, one.organization, Part.ACCOUNTS, "4888", name="Deposits", type="liability")
        (shop,) = parts(await copy(one, finch))["posting_profiles"].untranslated
        assert shop.because == "4888 is of type liability, not income"


async def test_a_client_as_the_model_gives_its_chart_codes_terms_and_policy(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        finch = await with_a_shop(one)
        with raw(folder_of(one.books(finch)) / BOOKS_FILE) as connection:
            connection.execute(
                "UPDATE profile SET rounding = 'per_line', prices_include_tax = TRUE, brand_color = '#112233'"
            )
        made = await copy(one, finch, organization_layer=Model.SOURCE)
        assert {outcome.source for outcome in made.outcomes} == {"", finch.handle}
        assert {one.part: one.copied for one in part_outcomes(made.outcomes) if one.copied} == {
            "accounts": 44,
            "tax_authorities": 1,
            "tax_codes": 10,
            "withholdings": 2,
            "payment_terms": 5,
            "policy": 5,
            "branding": 1,
            "agents": 6,
            "skills": 6,
            "posting_profiles": 2,
            "transaction_types": 2,
        }
        profile = made.profile
        assert (profile.rounding, profile.prices_include_tax, profile.brand_color) == ("per_line", True, "#112233")
        assert made.notes == ()
        abroad = await copy(one, finch, country="FR", organization_layer=Model.SOURCE)
        (limit,) = parts(abroad)["policy"].untranslated
        assert (limit.code, limit.because) == ("write_off_limit", "it is an amount in GBP")
        assert parts(abroad)["tax_codes"].source == "country file FR"
        books = one.books(made_of(abroad))
        await one.issue(books, (await one.customer(books, country="FR")).id)


async def test_that_the_source_charges_no_tax_makes_no_default_of_it(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        with raw(folder_of(one.books(one.organization)) / BOOKS_FILE) as connection:
            connection.execute("UPDATE profile SET vat_registration = 'not_registered'")
            connection.execute("UPDATE tax_codes SET is_default = (code = 'SMALL-BUSINESS')")
            connection.execute(
                "INSERT INTO tax_codes (code, name, category, label, reason, is_default, active)"
                " VALUES ('SMALL-BUSINESS', 'No tax', 'O', 'VAT', 'Not registered', TRUE, TRUE)"
                " ON CONFLICT (code) DO UPDATE SET name = 'No tax', category = 'O', label = 'VAT',"
                " reason = 'Not registered', is_default = TRUE, active = TRUE"
            )
        made = await copy(one, one.organization)
        assert [entry.code for entry in parts(made)["tax_codes"].untranslated] == ["SMALL-BUSINESS"]
        books = one.books(made_of(made))
        issued = await one.issue(books, (await one.customer(books)).id)
        assert issued.document.tax_minor > 0


@pytest.mark.parametrize("model", Model)
@pytest.mark.parametrize("country", ["GB", "DE"])
async def test_a_dry_run_is_exactly_what_then_happens(tmp_path: Path, model: Model, country: str) -> None:
    async with practice(tmp_path) as one:
        finch = await with_a_shop(one)
        asked: dict[str, Any] = {"country": country, "organization_layer": model}
        dry = await copy(one, finch, **asked, dry_run=True)
        made = await copy(one, finch, **asked)
        assert replace(made, created=None) == dry
        books = one.books(made_of(made))
        for name, values in (await books.read(load_entity_layer)).items():
            assert len(values) == parts(dry)[name].count


# Repeating a layer


async def test_a_layer_is_repeated_when_what_was_missing_is_there_and_again_changes_nothing(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        finch = await with_a_shop(one)
        client = made_of(await copy(one, finch))
        books = one.books(client)
        again: dict[str, Any] = {"repeats_entity_layer": True, "handle": client.handle}
        assert states_by_layer((await copy(one, finch, **again)).outcomes) == {"entity": "partial"}
        await save(one, client, Part.ACCOUNTS, "4888", name="Shop sales", type="income")
        dry = await copy(one, finch, **again, dry_run=True)
        assert [one.name for one in (await books.read(load_entity_layer))["posting_profiles"]] == ["Standard"]
        made = await copy(one, finch, **again)
        assert made == dry
        assert (made.created, states_by_layer(made.outcomes), made.notes) == (None, {"entity": "copied"}, ())
        theirs = await one.books(finch).read(load_entity_layer)
        assert await books.read(load_entity_layer) == theirs
        acts = (await get_history(books, cursor="", limit=50)).items
        assert acts[0].act == "repeat_layer"
        assert [change.text for change in made.changes][1:] == [
            "Changed: the transaction type Sales invoice (invoice): posting_profile Standard -> Shop."
        ]
        assert await copy(one, finch, **again) == replace(made, changes=())
        assert (await get_history(books, cursor="", limit=50)).items == acts
        assert (await verify_books(books)).problem == ""
        assert (await drift(one.office, books))["posting_profiles"].state is Drift.NONE


async def test_a_layer_is_repeated_only_into_the_client_that_was_made(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        finch = await with_a_shop(one)
        client = made_of(await copy(one, finch))
        again: dict[str, Any] = {"repeats_entity_layer": True}
        assert (await refusal(copy(one, finch, **again))).field == "handle"
        for handle, country, kind in (
            (client.handle, "FR", InvalidInput),
            (finch.handle, "GB", InvalidInput),
            (one.organization.handle, "GB", NotFound),
            ("nobody-sandbox", "GB", NotFound),
        ):
            refused = await refusal(copy(one, finch, country=country, handle=handle, **again))
            assert (type(refused), refused.field) == (kind, "handle"), handle
        assert (await refusal(copy(one, client, handle=client.handle, **again))).field == "copy_from"
        staff = await colleague(one, one.organization, "accountant", all_clients=False, clients=[client, finch])
        request = ClientRequest(
            name="Harbour Bakery", country="GB", copy_from=finch.handle, handle=client.handle, repeats_entity_layer=True
        )
        assert isinstance(await refusal(create_client_organization(staff, request)), NotAllowed)
        archive(one, client)
        assert isinstance(await refusal(create_client_organization(one.office, request)), Conflict)


# What has drifted


async def test_what_has_drifted_is_told_part_by_part_and_entry_by_entry(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        client = await one.client("Harbour Bakery", copy_from=one.organization.handle)
        books = one.books(client)
        found = await drift(one.office, books)
        assert {part.state for part in found.values()} == {Drift.NONE}
        assert {part.source for part in found.values()} == {one.organization.handle}
        await save(one, client, Part.ACCOUNTS, "4000", name="Bread")
        await save(one, client, Part.PAYMENT_TERMS, "EOM", name="Month", days="0", end_of_month="true")
        await save(one, one.organization, Part.PAYMENT_TERMS, "NET30", name="Thirty days")
        await save(one, one.organization, Part.TAX_CODES, "REDUCED", percent="6", valid_from="2027-01-01")
        await save(one, one.organization, Part.ACCOUNTS, "4999", name="Other", type="income")
        found = await drift(one.office, books)
        assert {name: (part.here, part.there) for name, part in found.items() if part.state is not Drift.NONE} == {
            "accounts": (("4000",), ("4999",)),
            "payment_terms": (("EOM",), ("NET30",)),
            "tax_codes": ((), ("REDUCED",)),
        }
        assert (found["accounts"].state, found["tax_codes"].state) == (Drift.BOTH, Drift.THERE)


async def test_what_came_from_a_countrys_file_is_compared_with_that(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        client = one.first_client
        found = await drift(one.office, one.books(client))
        assert {(part.source, part.state) for part in found.values()} == {("country file GB", Drift.NONE)}
        await save(one, client, Part.ACCOUNTS, "4000", name="Bread")
        accounts = (await drift(one.office, one.books(client)))["accounts"]
        assert (accounts.state, accounts.here, accounts.there) == (Drift.HERE, ("4000",), ())


async def test_whoever_cannot_read_the_source_is_told_only_what_changed_here(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        finch = await with_a_shop(one)
        client = made_of(await copy(one, finch, organization_layer=Model.SOURCE))
        await save(one, client, Part.ACCOUNTS, "4000", name="Bread")
        await save(one, finch, Part.ACCOUNTS, "4001", name="Rolls", type="income")
        theirs = await colleague(one, client, "owner")
        key = replace(one.office, principal=replace(one.principal, credential=CredentialKind.KEY))
        for office, source in ((theirs, ANOTHER), (key, finch.handle)):
            found = await drift(office, open_books(one.office, client, Right.READ))
            assert found["accounts"].source == source
            assert {part.there for part in found.values()} == {None}
            assert found["accounts"].here == ("4000",)


async def test_where_a_live_organization_came_from_is_what_its_sandbox_came_from(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await ready(one)
        before = await drift(one.office, books)
        made = await live(one.office)
        assert made.created is not None
        assert await drift(one.office, one.books(made.created)) == before
