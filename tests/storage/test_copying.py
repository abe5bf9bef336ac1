"""What is copied between two databases is all that one consists of, whatever else the program has loaded."""

from __future__ import annotations

import ast
from functools import partial
from pathlib import Path

import anyio
import pytest
from sqlmodel import Session

from invoicing.refusals import Conflict
from storage import copying
from storage.copying import copy_rows
from storage.faults.errors import StorageFault
from storage.faults.kinds import Fault
from storage.file_kinds import FileKind
from storage.folder.places import FilesPlace
from storage.ids import new_organization_id
from storage.postgres.place import ServerPlace
from tests.support import stores
from tests.support.practice import practice

STORAGE = Path(copying.__file__).parent
NO_WRITES = "SET LOCAL transaction_read_only = on"
TAKEN = "INSERT INTO identity (id, organization_id, stamped_at) VALUES (1, 'another', '2026-01-01 00:00:00')"


def test_every_module_of_tables_is_loaded_before_any_table_is_copied() -> None:
    """Regression: tables that nothing else had loaded were neither copied nor missed."""
    tree = ast.parse(Path(copying.__file__).read_text("utf-8"))
    loaded = {one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            loaded |= {f"{node.module}.{one.name}" for one in node.names} | {f"{node.module}"}
    modules = {f"storage.{path.parent.name}.{path.stem}" for path in STORAGE.glob("*/*tables.py")}
    assert len(modules) > 10
    assert modules - loaded == set()


def test_what_keeps_rows_from_being_written_is_told_as_the_fault_that_it_is(tmp_path: Path) -> None:
    """A full disk, or a server that does not write at this moment, was told as a row that the other does not take."""

    async def make() -> str:
        async with practice(tmp_path / "from") as one:
            return one.organization.id

    with stores.chosen(stores.SQLITE):
        organization = anyio.run(make)
    address, new = stores.address(tmp_path / "to"), new_organization_id()
    to = FilesPlace(tmp_path / "to") if address is None else ServerPlace(tmp_path / "to", address)
    (tmp_path / "to" / "organizations" / new).mkdir(parents=True)

    def copy(hindrance: str, here: Session) -> None:
        def fill(there: Session) -> None:
            there.connection().exec_driver_sql(hindrance)
            copy_rows(FileKind.BOOKS, here, there, lambda table: None)

        to.make(new, fill)

    hindrance, fault = (
        ("PRAGMA max_page_count = 1", Fault.FULL) if address is None else (NO_WRITES, Fault.TAKES_NO_WRITES)
    )
    with pytest.raises(StorageFault) as refused:
        FilesPlace(tmp_path / "from").read(organization, partial(copy, hindrance))
    assert refused.value.fault is fault
    with pytest.raises(Conflict, match="does not take a row of the table identity"):
        FilesPlace(tmp_path / "from").read(organization, partial(copy, TAKEN))
