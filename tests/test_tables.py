"""docs/tables.md names every table and column of both databases, and no others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import MetaData

import storage.directory.activity_tables
import storage.directory.authorization_tables  # Its tables are the directory's too.
import storage.directory.followed_tables  # Its tables are the directory's too.
import storage.directory.identity_tables  # Its tables are the directory's too.
import storage.directory.overview_tables  # Its tables are the directory's too.
import storage.directory.provider_tables  # noqa: F401  # Its tables are the directory's too.
from storage.books.settings_tables import BOOKS_METADATA
from storage.directory.tables import DIRECTORY_METADATA
from storage.migrations import migrate_file
from storage.sqlite.engines import FileKind
from tests.support.raw import raw

PAGE = Path(__file__).parent.parent / "docs" / "tables.md"
DATABASES = [("Books", BOOKS_METADATA), ("Directory", DIRECTORY_METADATA)]


def sections(title: str) -> dict[str, str]:
    """What stands below the heading of each table of a database."""
    text = PAGE.read_text("utf-8").partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    parts = re.split(r"^### (\w+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def columns(section: str) -> list[str]:
    """The names in the first cells of the table's rows."""
    cells = re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]


@pytest.mark.parametrize(("title", "metadata"), DATABASES)
def test_every_column_of_every_table_has_its_meaning(title: str, metadata: MetaData) -> None:
    described = {name: sorted(columns(section)) for name, section in sections(title).items()}
    assert described == {
        name: sorted(column.name for column in table.columns) for name, table in metadata.tables.items()
    }


def test_the_frozen_tables_are_those_that_the_database_refuses_to_change(tmp_path: Path) -> None:
    frozen = {name for name, section in sections("Books").items() if section.strip().startswith("F.")}
    path = tmp_path / "books.db"
    migrate_file(path, FileKind.BOOKS)
    refused = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name = tbl_name || '_no_update'"
    with raw(path) as connection:
        assert frozen == {name for (name,) in connection.execute(refused)}


def test_the_views_are_told_with_their_columns(tmp_path: Path) -> None:
    text = PAGE.read_text("utf-8")
    path = tmp_path / "books.db"
    migrate_file(path, FileKind.BOOKS)
    with raw(path) as connection:
        views = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'")]
        assert views
        for view in views:
            (line,) = (line for line in text.splitlines() if f"view `{view}`" in line)
            for column in connection.execute(f"PRAGMA table_info({view})"):
                assert f"`{column[1]}`" in line, (view, column[1])
