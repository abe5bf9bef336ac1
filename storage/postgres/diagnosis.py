"""What `counterfoil doctor` tells of an installation on a server: whether each schema is there and of this version."""

from __future__ import annotations

from invoicing.refusals import InvalidInput
from storage.folder.findings import Finding
from storage.migrations import head_stamp
from storage.postgres.addresses import Address
from storage.postgres.engines import run_apart
from storage.postgres.faults import server_faults_told
from storage.postgres.schemas import Schemas, known_organizations
from storage.postgres.scopes import books_scope, directory_scope
from storage.sqlite.faults import Fault, StorageFault


def diagnose_schemas(address: Address) -> list[Finding]:
    """Everything that is wrong, in the order in which to see to it; empty where all is well."""
    try:
        with server_faults_told(str(address)):
            return run_apart(lambda: _diagnose(address))
    except StorageFault as fault:
        return [_finding("database server", fault.fault)]
    except InvalidInput as refused:
        return [Finding("error", "login", refused.message)]


async def _diagnose(address: Address) -> list[Finding]:
    schemas, directory = Schemas(address), directory_scope()
    await schemas.check_login()
    if fault := _fault(await schemas.version_of(directory), head_stamp(directory.kind).schema_version):
        return [_finding("directory", fault)]
    known = await known_organizations(address)
    scopes = {books_scope(organization_id): handle for organization_id, handle in known}
    versions = await schemas.versions(scopes)
    wanted = {scope: head_stamp(scope.kind).schema_version for scope in scopes}
    found = [(handle, _fault(versions[scope], wanted[scope])) for scope, handle in scopes.items()]
    return [_finding(handle, fault) for handle, fault in found if fault is not None]


def _fault(version: int, wanted: int) -> Fault | None:
    if version == wanted:
        return None
    return Fault.MISSING if not version else Fault.OLDER if version < wanted else Fault.NEWER


def _finding(subject: str, fault: Fault) -> Finding:
    return Finding("error", subject, fault.reason.text, fault.reason.remedy)
