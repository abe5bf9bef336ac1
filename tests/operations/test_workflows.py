"""Workflows are a part of the configuration: they are kept whole, changed on record, and travel."""

from __future__ import annotations

from pathlib import Path

import pytest

from invoicing.approval.workflows import Approver, CustomerIs, FirstDocument, Step, Workflow
from invoicing.document.documents import DocumentKind
from invoicing.refusals import Refusal
from operations.access import Office
from operations.configuration.configuring import get_entries, get_history, save_entry
from operations.configuration.entries import Change, Entry, Part
from operations.customers import find_customers
from operations.verification import verify_books
from storage.books.pool import Books
from storage.books.workflows import add_workflows, load_workflows
from tests.operations.test_going_live import live, ready
from tests.support.practice import practice

STEPS = "owner, not preparer | accountant, if total > 5000 EUR; drafted_by = key"
NUMBERED = "1: owner, not preparer | 2: accountant, if total > 5000 EUR; drafted_by = key"


async def save(office: Office, books: Books, code: str = "LARGE", **values: str) -> Entry:
    saved = await save_entry(office, books, Part.WORKFLOWS, Change(code=code, values=values))
    assert saved is not None
    return saved


async def test_a_workflow_is_kept_whole_and_what_is_left_out_stays(tmp_path: Path) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        customer = await one.customer(books)
        made = await save(one.office, books, steps=STEPS, conditions=f"currency = GBP; customer = {customer.name}")
        assert made.values == {
            "name": "LARGE",
            "trigger": "invoice",
            "conditions": f"currency = GBP; customer = {customer.id}",
            "steps": NUMBERED,
        }
        renamed = await save(one.office, books, name="Large ones", trigger="credit_note")
        assert renamed.values == {**made.values, "name": "Large ones", "trigger": "credit_note"}
        always = await save(one.office, books, conditions="none", steps="client")
        assert (always.values["conditions"], always.values["steps"]) == ("", "1: client")
        await save_entry(one.office, books, Part.WORKFLOWS, Change(code="LARGE", withdraw=True))
        (entry,) = (await get_entries(one.office, books, Part.WORKFLOWS, cursor="", limit=9)).items
        assert not entry.active
        history = (await get_history(books, cursor="", limit=9)).items
        assert [act.subject for act in history[:4]] == ["LARGE"] * 4
        assert (await verify_books(books)).problem == ""


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"steps": " "},
        {"steps": "owner", "trigger": "payment"},
        {"steps": "owner", "conditions": "customer = Nobody"},
        {"steps": "owner, if customer = Nobody"},
        {"steps": "owner", "name": "x" * 81},
    ],
)
async def test_what_no_workflow_is_made_of_is_refused(tmp_path: Path, values: dict[str, str]) -> None:
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        with pytest.raises(Refusal):
            await save(one.office, books, **values)
        assert await books.read(load_workflows) == ()


async def test_a_client_approves_only_where_there_is_one_and_workflows_are_limited(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        with pytest.raises(Refusal, match="client"):
            await save(one.office, one.books(one.organization), steps="owner | client")
        books = one.books(await one.client("Harbour Bakery"))
        for number in range(20):
            await save(one.office, books, f"W{number}", steps="owner")
        with pytest.raises(Refusal, match="at most 20"):
            await save(one.office, books, "W20", steps="owner")


async def test_workflows_travel_with_the_customers_that_they_name(tmp_path: Path) -> None:
    async with practice(tmp_path) as one:
        books = await ready(one)
        customer = await one.customer(books)
        await save(one.office, books, steps="client", conditions=f"customer = {customer.id}")
        made = await live(one.office)
        assert made.created is not None
        now = one.books(made.created)
        (kept,) = (await find_customers(now, query="", cursor="", limit=9)).items
        (workflow,) = await now.read(load_workflows)
        assert workflow.conditions == (CustomerIs(kept.id),)


async def test_workflows_can_be_added_as_they_were_read(tmp_path: Path) -> None:
    workflow = Workflow("ALL", "All", DocumentKind.CREDIT_NOTE, (Step(Approver.OWNER, True, (FirstDocument(),)),))
    async with practice(tmp_path, client="Harbour Bakery") as one:
        books = one.books(one.first_client)
        await books.write(lambda db: add_workflows(db, [workflow]))
        assert await books.read(load_workflows) == (workflow,)
