"""What `counterfoil doctor` tells of an installation on a server: whether each schema is there and of this version, and
whether the books are those that the directory knows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlmodel import Session

from invoicing.refusals import InvalidInput
from storage.database import Mode
from storage.faults.errors import StorageFault
from storage.faults.kinds import Fault
from storage.file_kinds import FileKind
from storage.folder.comparing import disagreements, losses
from storage.folder.findings import Finding
from storage.folder.leftovers import leftover_findings
from storage.migrations import head_stamp
from storage.postgres.addresses import Address
from storage.postgres.database import as_checked
from storage.postgres.engines import run_apart, transact_once
from storage.postgres.faults import server_faults_told
from storage.postgres.scopes import Scope, books_scope, directory_scope
from storage.postgres.seen import CLOSED, SchemasSeen, known_organizations

T = TypeVar("T")


def diagnose_schemas(address: Address, root: Path) -> list[Finding]:
    """Everything that is wrong or remarkable, in the order in which to see to it; empty where all is well. The folder
    `root` has the files.
    """
    try:
        with server_faults_told(str(address)):
            sound, found = run_apart(lambda: _diagnose(address))
            look = SchemasLook(address)
            return [*found, *losses(look, sound), *disagreements(look, sound), *leftover_findings(root)]
    except StorageFault as fault:
        return [_finding("database server", fault.fault)]
    except InvalidInput as refused:
        return [Finding("error", "login", refused.message)]


@dataclass(frozen=True, slots=True)
class SchemasLook:
    """The schemas of a server; each look is a transaction on a connection of its own."""

    address: Address

    def directory(self, work: Callable[[Session], T]) -> T:
        return self._done(Mode.READ, directory_scope(), str(self.address), work)

    def books(self, organization_id: str, work: Callable[[Session], T]) -> T:
        return self._done(Mode.READ, books_scope(organization_id), self.where(organization_id), work)

    def change_directory(self, work: Callable[[Session], T]) -> T:
        return self._done(Mode.WRITE, directory_scope(), str(self.address), work)

    def change_books(self, organization_id: str, work: Callable[[Session], T]) -> T:
        return self._done(Mode.WRITE, books_scope(organization_id), self.where(organization_id), work)

    def where(self, organization_id: str) -> str:
        return f"schema {books_scope(organization_id).schema} in {self.address}"

    def _done(self, mode: Mode, scope: Scope, where: str, work: Callable[[Session], T]) -> T:
        checked = as_checked(scope, where, work)
        with server_faults_told(where):
            return run_apart(partial(transact_once, self.address.url, scope, mode, checked))


async def _diagnose(address: Address) -> tuple[Sequence[tuple[str, str]], list[Finding]]:
    """The organizations whose books are there and of this version, and what is wrong with the other schemas."""
    schemas, directory = SchemasSeen(address), directory_scope()
    await schemas.check_login()
    found = await schemas.versions((directory,))
    if fault := _fault(found[directory], head_stamp(directory.kind).schema_version):
        return (), [_finding("directory", fault)]
    known = await known_organizations(address)
    versions = await schemas.versions([books_scope(organization_id) for organization_id, _ in known])
    wanted = head_stamp(FileKind.BOOKS).schema_version
    faults = {one: _fault(versions[books_scope(one)], wanted) for one, _ in known}
    sound = [(one, handle) for one, handle in known if faults[one] is None]
    return sound, [_finding(handle, fault) for one, handle in known if (fault := faults[one]) is not None]


def _fault(version: int, wanted: int) -> Fault | None:
    if version == wanted:
        return None
    if version == CLOSED:
        return Fault.NOT_LET_IN
    return Fault.MISSING if not version else Fault.OLDER if version < wanted else Fault.NEWER


def _finding(subject: str, fault: Fault) -> Finding:
    return Finding("error", subject, fault.reason.text, fault.reason.remedy)
