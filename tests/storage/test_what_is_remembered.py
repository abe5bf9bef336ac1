"""What is remembered until a setting changes comes from tables of settings alone."""

from __future__ import annotations

import ast
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import ClauseElement, Engine, Table, event, select
from sqlalchemy.sql import visitors
from sqlmodel import Session

import storage
from invoicing.document.documents import DocumentKind
from operations.payments import PaymentRequest, record_payment
from storage.books.agents import load_agents
from storage.books.mandates import standing_acknowledgements
from storage.books.overview import setting_names
from storage.books.periods import closings
from storage.books.profile import load_profile, load_time_zone, save_profile
from storage.books.settings_tables import ChangeMark
from storage.books.setup import load_setup
from storage.books.skills import list_skills
from storage.books.workflows import load_workflows
from storage.directory.access_queries import Reach, reachable_by_handle, reachable_by_id
from storage.directory.organizations import every_client, every_reachable
from storage.directory.users import email_of
from storage.queries.statements import execute, table_of
from tests.support.practice import Practice, practice

SOURCES = Path(storage.__file__).parent
OF_BOOKS: dict[str, Callable[[Session], Any]] = {
    "load_agents": load_agents,
    "standing_acknowledgements": standing_acknowledgements,
    "setting_names": setting_names,
    "closings": closings,
    "load_profile": load_profile,
    "load_time_zone": load_time_zone,
    "load_setup": partial(load_setup, kind=DocumentKind.INVOICE),
    "list_skills": list_skills,
    "load_workflows": load_workflows,
}
REACH = Reach("nobody")
OF_DIRECTORY: dict[str, list[Callable[[Session], Any]]] = {
    "email_of": [partial(email_of, user_id="nobody")],
    "_remembered": [
        partial(reachable_by_handle, reach=REACH, handle="of-nobody"),
        partial(reachable_by_id, reach=REACH, organization_id="of-nobody"),
    ],
    "_every": [
        *(partial(every_reachable, reach=REACH, archived=archived) for archived in (False, True)),
        *(partial(every_client, reach=REACH, partner_id="", archived=archived) for archived in (False, True)),
    ],
}


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Practice]:
    async with practice(tmp_path / "data") as one:
        yield one


@contextmanager
def tables_read() -> Iterator[set[str]]:
    """The tables that are named in statements, those that hold no settings with a mark."""
    found: set[str] = set()

    def note(_: object, statement: object, *more: object) -> None:
        assert isinstance(statement, ClauseElement)
        for part in visitors.iterate(statement):
            if isinstance(part, Table):
                found.add(part.name + (" holds no settings" if part.info.get("is_no_setting") else ""))

    event.listen(Engine, "before_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_execute", note)


def only_settings(load: Callable[[Session], Any], session: Session) -> set[str]:
    with tables_read() as found:
        load(session)
    return found


@pytest.mark.parametrize("load", OF_BOOKS.values(), ids=OF_BOOKS)
async def test_what_is_remembered_of_books_comes_from_settings(one: Practice, load: Callable[[Session], Any]) -> None:
    client = await one.client("Harbour Bakery")
    found = await one.books(client).read(partial(only_settings, load))
    assert found, "something is read"
    assert not [name for name in found if name.endswith("holds no settings")]


@pytest.mark.parametrize("load", [load for loads in OF_DIRECTORY.values() for load in loads])
async def test_what_is_remembered_of_the_directory_comes_from_settings(
    one: Practice, load: Callable[[Session], Any]
) -> None:
    found = await one.store.directory.read(partial(only_settings, load))
    assert found, "something is read"
    assert not [name for name in found if name.endswith("holds no settings")]


def test_nothing_else_is_remembered() -> None:
    """Whatever remembers is tried above."""
    found = {
        function.name
        for path in SOURCES.rglob("*.py")
        if path.name != "cache.py"
        for function in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "remembered"
    }
    assert found == {*OF_BOOKS, *OF_DIRECTORY}


def mark_of(session: Session) -> int | None:
    mark: int | None = execute(session, select(table_of(ChangeMark).c.mark)).scalar()
    return mark


async def test_what_is_done_every_day_leaves_settings_and_their_mark(one: Practice) -> None:
    books = one.books(await one.client("Harbour Bakery"))
    before = await books.read(mark_of)
    customer = await one.customer(books)
    invoice = await one.issue(books, customer.id)
    await record_payment(books, PaymentRequest(invoice=invoice.document.number, amount=Decimal(1)))
    assert await books.read(mark_of) == before
    await books.write(lambda db: save_profile(db, replace(load_profile(db), website="https://example.com")))
    assert await books.read(mark_of) != before
