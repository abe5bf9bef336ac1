"""Whatever step of making a client goes wrong: there is a working organization with a true report, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from invoicing.organizations import OrganizationRef
from operations.configuration.entries import Part
from operations.copying.drift import Drift, get_drift
from operations.layer_outcomes import states_by_layer
from operations.layer_plans import Model
from operations.onboarding import ClientRequest, NewClient, create_client_organization
from operations.organizations import all_organizations
from operations.verification import verify_books
from storage.plain_files import UNFINISHED_PREFIX
from tests.operations.test_copying import copy, made_of, save, with_a_shop
from tests.support.layers import load_entity_layer
from tests.support.practice import Practice, practice
from tests.support.statements import InTheMiddle, failing_at, statements_run
from tests.support.stores import books_there, diagnosis

SAVED, RELEASED = "SAVEPOINT", "RELEASE SAVEPOINT"


async def there(one: Practice) -> tuple[set[str], set[str]]:
    """What organizations are listed, and of which there are books."""
    listed = await all_organizations(one.office, archived=True)
    return {found.id for found in listed}, books_there(one.root)


async def steps(one: Practice, source: OrganizationRef) -> list[str]:
    """The writing statements with which the books of a new client are filled."""
    with statements_run(UNFINISHED_PREFIX) as seen:
        await copy(one, source, organization_layer=Model.SOURCE)
    return seen


async def test_a_fault_at_any_step_leaves_nothing_or_an_organization_that_works(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        finch = await with_a_shop(one)
        seen = await steps(one, finch)
        first = next(number for number, said in enumerate(seen) if said.startswith(SAVED))
        last = next(number for number, said in enumerate(seen) if said.startswith(RELEASED))
        assert last - first == 3, "posting profiles and transaction types"
        for number, said in enumerate(seen):
            before = await there(one)
            fault = failing_at(UNFINISHED_PREFIX, number, InTheMiddle(said))
            if not first <= number <= last:
                with fault, pytest.raises(InTheMiddle):
                    await copy(one, finch, organization_layer=Model.SOURCE)
                assert await there(one) == before, said
                continue
            with fault:
                made = await copy(one, finch, organization_layer=Model.SOURCE)
            await check_it_works(one, finch, made)
        assert not list(tmp_path.rglob(f"{UNFINISHED_PREFIX}*"))
        assert [finding for finding in diagnosis(tmp_path) if finding.severity == "error"] == []


async def check_it_works(one: Practice, finch: OrganizationRef, made: NewClient) -> None:
    """The organization stands with what is usual, says so, and the layer can be repeated."""
    assert states_by_layer(made.outcomes) == {"schema": "created", "organization": "copied", "entity": "failed"}
    assert [note.text for note in made.notes if "could not be copied" in note.text] == [
        f"Posting profiles and what goes with them could not be copied from {finch.handle}."
    ]
    books = one.books(made_of(made))
    assert {part.state for part in await get_drift(one.office, books)} == {Drift.NONE}
    await one.issue(books, (await one.customer(books)).id)
    again = await copy(one, finch, repeats_entity_layer=True, handle=made.handle)
    assert states_by_layer(again.outcomes) == {"entity": "copied"}
    assert await books.read(load_entity_layer) == await one.books(finch).read(load_entity_layer)
    assert (await verify_books(books)).problem == ""


async def test_a_fault_while_it_is_made_known_leaves_nothing(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        await one.client("Before")
        with statements_run("directory.db") as seen:
            await one.client("Harbour Bakery")
        known = [said for said in seen if said.startswith("INSERT")]
        assert len(known) >= 2
        for number, said in enumerate(seen):
            before = await there(one)
            with failing_at("directory.db", number, InTheMiddle(said)), pytest.raises(InTheMiddle):
                await one.client("Harbour Bakery")
            assert await there(one) == before, said


async def test_a_fault_while_a_layer_is_repeated_changes_nothing(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        finch = await with_a_shop(one)
        books = one.books(made_of(await copy(one, finch)))
        client = books.organization
        await save(one, client, Part.ACCOUNTS, "4888", name="Shop sales", type="income")
        before = await books.read(load_entity_layer)
        number = 0
        while True:
            try:
                with failing_at(client.id, number, InTheMiddle()):
                    await copy(one, finch, repeats_entity_layer=True, handle=client.handle)
                break
            except InTheMiddle:
                assert await books.read(load_entity_layer) == before
                assert (await verify_books(books)).problem == ""
                number += 1
        assert number > 5
        assert await books.read(load_entity_layer) == await one.books(finch).read(load_entity_layer)


async def test_each_layer_is_told_and_a_client_that_has_gone_away_leaves_nothing(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        told: list[tuple[int, int]] = []

        async def listen(done: int, of: int) -> None:
            told.append((done, of))

        async def gone(done: int, of: int) -> None:
            if done == 2:
                raise InTheMiddle

        request = ClientRequest(name="Harbour Bakery", country="GB")
        await create_client_organization(one.office, request, progress=listen)
        assert told == [(1, 3), (2, 3), (3, 3)]
        before = await there(one)
        with pytest.raises(InTheMiddle):
            await create_client_organization(one.office, request, progress=gone)
        assert await there(one) == before
