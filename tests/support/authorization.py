"""Client programs to test with, and people who allow them connections, through the operations alone."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, replace

from invoicing.organizations import OrganizationRef
from operations.access import Office
from operations.authorization.consent import Consent, allow
from operations.authorization.granting import Redemption, Refreshing, Tokens, redeem, refresh
from operations.authorization.programs import register_program
from operations.authorization.requests import NewRequest, Waiting, begin_request, waiting_request
from operations.authorization.scopes import BOTH, Asked
from storage.directory.client_programs import ClientProgram

CALLBACK = "http://127.0.0.1:3000/callback"
VERIFIER = "v" * 43
BROWSER = "a-browser"
URL = "http://127.0.0.1:8750"


def challenge_of(verifier: str = VERIFIER) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


async def a_program(office: Office, name: str = "Ledger Chat", **more: object) -> ClientProgram:
    """A public client program that has registered."""
    said = ClientProgram(id="", name=name, redirect_uris=(CALLBACK,))
    return (await register_program(office, replace(said, **more)))[0]  # type: ignore[arg-type]  # Its fields.


def asked_by(program: ClientProgram, organization: OrganizationRef | None = None, **more: object) -> NewRequest:
    """What the program asks for: an organization's connection, or that to all."""
    new = NewRequest(
        client_id=program.id,
        redirect_uri=CALLBACK,
        audience=URL + (f"/mcp/{organization.handle}" if organization else "/mcp"),
        handle=organization.handle if organization else "",
        words=BOTH,
        state="a state",
        challenge=challenge_of(),
    )
    return replace(new, **more)  # type: ignore[arg-type]  # Its fields.


async def waits(office: Office, new: NewRequest) -> Waiting:
    """The request as it waits."""
    found = await waiting_request(office, await begin_request(office, new, BROWSER), BROWSER)
    assert found is not None
    return found


@dataclass(frozen=True, slots=True)
class Allowed:
    """A code that a person has allowed a program."""

    office: Office
    program: ClientProgram
    code: str

    async def redeem(self, **more: str) -> Tokens:
        brought = Redemption(client_id=self.program.id, code=self.code, redirect_uri=CALLBACK, verifier=VERIFIER)
        return await redeem(self.office, replace(brought, **more))

    async def refresh(self, token: str, words: frozenset[Asked] | None = None, **more: str) -> Tokens:
        brought = Refreshing(client_id=self.program.id, token=token, words=words)
        return await refresh(self.office, replace(brought, **more))  # type: ignore[arg-type]  # Its fields.


async def allowed(
    office: Office,
    organization: OrganizationRef | None = None,
    *,
    program: ClientProgram | None = None,
    words: frozenset[Asked] = BOTH,
    handles: frozenset[str] | None = None,
) -> Allowed:
    """A connection that the office's person allows a program, not yet taken up."""
    program = program or await a_program(office)
    waiting = await waits(office, asked_by(program, organization))
    return Allowed(office, program, await allow(office, waiting, Consent(words=words, handles=handles)))
