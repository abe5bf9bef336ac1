"""A copy is its source, column by column: each of each table is copied, translated, or never copied for a reason."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from operations.layer_plans import Model
from operations.onboarding import ClientRequest, create_client_organization
from operations.verification import verify_books
from storage.books.pool import BOOKS_FILE, Books
from storage.books.settings_tables import BOOKS_METADATA
from tests.support.folders import folder_of
from tests.support.practice import practice
from tests.support.raw import raw
from tests.support.rich import CANARY, enrich, instruct

DECISIONS: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("copied_columns.toml").read_text("utf-8"))


@pytest.mark.parametrize("table", sorted(BOOKS_METADATA.tables))
def test_somebody_has_decided_of_every_column_whether_it_is_copied(table: str) -> None:
    of = DECISIONS[table]
    if isinstance(of.get("never"), str):
        assert set(of) == {"never"}
        return
    decided = [*of["copied"], *of.get("translated", {}), *of.get("never", {})]
    assert sorted(decided) == sorted(BOOKS_METADATA.tables[table].c.keys())


def test_nobody_has_decided_of_a_table_that_is_not_there() -> None:
    assert set(DECISIONS) == set(BOOKS_METADATA.tables)


async def test_a_copy_has_every_column_that_is_copied_and_nothing_of_the_others(tmp_path: Path) -> None:
    async with practice(tmp_path, country="US") as one:
        await instruct(one.books(one.organization))
        model = one.books(await one.client("Finch Studio", "US"))
        await enrich(model)
        request = ClientRequest(
            name="Harbour Bakery", country="US", copy_from=model.organization.handle, organization_layer=Model.SOURCE
        )
        made = await create_client_organization(one.office, request)
        assert made.created is not None
        assert [note.text for note in made.notes] == []
        copy = one.books(made.created)
        for table, of in DECISIONS.items():
            if columns := of.get("copied"):
                source = one.books(one.organization) if of.get("from") else model
                theirs = rows(source, table, columns)
                if "enabled" in columns:
                    theirs = [row for row in theirs if row[columns.index("enabled")]]
                assert rows(copy, table, columns) == theirs, table
                if table != "profile":
                    assert_tells_something(table, columns, theirs)
        with raw(folder_of(copy) / BOOKS_FILE) as connection:
            assert CANARY not in "\n".join(connection.iterdump())
        assert rows(copy, "transaction_types", ["kind", "series"]) == [
            ("credit_note", "CREDIT-NOTES"),
            ("invoice", "INVOICES"),
        ]
        assert (await verify_books(copy)).problem == ""


def rows(books: Books, table: str, columns: list[str]) -> list[tuple[Any, ...]]:
    with raw(folder_of(books) / BOOKS_FILE) as connection:
        return sorted(connection.execute(f"SELECT {', '.join(columns)} FROM {table}"), key=repr)  # noqa: S608  Our own names.


def assert_tells_something(table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    """A column that is the same in every row could have been left out without anybody noticing."""
    for index, column in enumerate(columns):
        default = BOOKS_METADATA.tables[table].c[column].default
        usual = default.arg if isinstance(default, ScalarElementColumnDefault) else None
        # What is not enabled is not copied.
        assert column == "enabled" or any(row[index] != usual for row in rows), f"{table}.{column}"
