"""What a client program lacks and its person could allow it."""

from __future__ import annotations

from dataclasses import replace

from sqlmodel import Session

from invoicing.organizations import EVERYTHING, CredentialKind, OrganizationRef
from invoicing.refusals import Refusal
from operations.access import is_allowed
from operations.naming import Caller, DedicatedConnection, name_organization
from operations.rights import RIGHTS, Right
from storage.directory import access_queries


async def could_be_allowed(caller: Caller, act: Right, *, organization: str, session: str, across: bool) -> bool:
    """Whether it is the scope alone that a connection lacks for an act: with more of it, it could do the act in the
    organization that the call names, or where nothing names one, in some that it reaches. An act `across`
    organizations goes by no session.
    """
    principal = caller.office.principal
    if principal.credential is not CredentialKind.CONNECTION or RIGHTS[act].scope in principal.scopes:
        return False
    widened = replace(principal, scopes=EVERYTHING)
    return any(is_allowed(act, one, widened) for one in await _meant(caller, organization, session, across))


async def _meant(caller: Caller, organization: str, session: str, across: bool) -> list[OrganizationRef]:
    is_named = bool(organization.strip()) or isinstance(caller.connection, DedicatedConnection)
    if is_named or not across:
        try:
            return [await name_organization(caller, organization=organization, session=session, changing=False)]
        except Refusal:
            if is_named:
                return []
    reach = caller.office.principal.reach

    def work(db: Session) -> list[OrganizationRef]:
        return access_queries.one_of_each_standing(db, reach)

    return await caller.office.store.directory.read(work)
