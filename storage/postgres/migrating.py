"""Bringing all schemas of a server to the newest version: the directory, then every organization's books."""

from __future__ import annotations

import logging

from sqlalchemy.exc import DBAPIError

from invoicing.progress import Progress
from invoicing.refusals import Refusal
from invoicing.remedies import Remark
from storage.directory.database import directory_named
from storage.faults.errors import UNREADABLE_ROW, StorageFault, told
from storage.faults.kinds import Fault
from storage.folder.migrating import IN_THE_WAY, MigrationReport
from storage.migrations import head_stamp
from storage.postgres.addresses import Address
from storage.postgres.engines import run_apart
from storage.postgres.faults import server_faults_told
from storage.postgres.schemas import Schemas
from storage.postgres.scopes import Scope, books_scope, directory_scope
from storage.postgres.seen import CLOSED, known_organizations
from storage.sqlite.stamps import Stamp, check_same

_log = logging.getLogger("counterfoil")


def migrate_schemas(address: Address, progress: Progress, *, by_hand: bool) -> MigrationReport:
    """As `storage.folder.migrating.migrate_all`; `by_hand`: a login that may not migrate is refused, where it otherwise
    leaves those books out of service that would have to be, and one that serves but was never let in is.
    """
    with directory_named(), server_faults_told(str(address)):
        return run_apart(lambda: _migrate(address, progress, by_hand))


async def _migrate(address: Address, progress: Progress, by_hand: bool) -> MigrationReport:
    schemas, directory = Schemas(address), directory_scope()
    if not await schemas.has_directory():
        return MigrationReport((), 0, ())
    migrated: list[str] = []
    failed: list[tuple[str, Remark]] = []
    if await _bring_up(schemas, directory, (await schemas.versions((directory,)))[directory], by_hand):
        migrated.append(directory.schema)
    scopes = [books_scope(organization_id) for organization_id, _ in await known_organizations(address)]
    versions = await schemas.versions(scopes)
    for step, scope in enumerate(scopes, start=1):
        progress(step, len(scopes) + 1)
        try:
            if await _bring_up(schemas, scope, versions[scope], by_hand):
                migrated.append(scope.schema)
        except StorageFault as fault:
            if by_hand and fault.fault is Fault.MAY_NOT_MAKE:
                raise
            failed.append((scope.schema, fault.reason))
        except (DBAPIError, Refusal, *UNREADABLE_ROW):
            # What exactly stood in the way is in the words of the server, which are for the log alone.
            _log.exception("%s could not be migrated", scope.schema)
            failed.append((scope.schema, IN_THE_WAY))
    progress(len(scopes) + 1, len(scopes) + 1)
    return MigrationReport(tuple(migrated), len(scopes) + 1 - len(migrated) - len(failed), tuple(failed))


async def _bring_up(schemas: Schemas, scope: Scope, version: int, by_hand: bool) -> bool:
    """Whether there was anything to do."""
    wanted = head_stamp(scope.kind, scope.organization_id)
    # What was killed before its last revision is closed too, to a login that may take its role.
    if version == CLOSED and not await schemas.takes(scope):
        if not by_hand:
            raise told(scope.schema, Fault.NOT_LET_IN)
        # Another login serves than before.
        await schemas.let_in(scope)
        known = await schemas.versions((scope,))
        await _bring_up(schemas, scope, known[scope], by_hand=False)
        return True
    if version == wanted.schema_version:
        return False
    if not version:
        raise told(scope.schema, Fault.MISSING)
    found = Stamp(scope.kind, version, scope.organization_id)
    if version > wanted.schema_version:
        check_same(scope.schema, found, wanted)
    await schemas.migrate(scope)
    return True
