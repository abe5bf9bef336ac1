"""Client programs to test with, and people who allow them connections, through the operations alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import pytest
from webauthn.helpers import bytes_to_base64url

from invoicing.organizations import OrganizationRef
from operations.access import Office, Principal
from operations.authentication import Presented, Unauthenticated, authenticate
from operations.authorization.consent import Consent, allow
from operations.authorization.granting import Denial, NotGranted, Redemption, Refreshing, Tokens, redeem, refresh
from operations.authorization.programs import register_program
from operations.authorization.requests import NewRequest, Waiting, begin_request, waiting_request
from operations.authorization.scopes import BOTH, Asked
from storage.directory.client_programs import ClientProgram
from storage.directory.credentials import Lapse
from storage.directory.database import DIRECTORY_FILE
from tests.support.practice import Practice
from tests.support.raw import raw_value

CALLBACK = "http://127.0.0.1:3000/callback"
VERIFIER = "v" * 43
BROWSER = "a-browser"
URL = "http://127.0.0.1:8750"


def challenge_of(verifier: str = VERIFIER) -> str:
    return bytes_to_base64url(hashlib.sha256(verifier.encode()).digest())


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


async def opens(one: Practice, token: str, handle: str = "") -> Principal:
    """Who the token stands for, on the connection of this organization or on that to all."""
    presented = Presented(token, handle=handle, audience=URL + (f"/mcp/{handle}" if handle else "/mcp"))
    return (await authenticate(one.store, one.clock, presented)).principal


async def lapse_of(one: Practice, token: str, handle: str = "") -> Lapse | None:
    with pytest.raises(Unauthenticated) as nobody:
        await opens(one, token, handle)
    return nobody.value.lapse


async def denied(granting: object) -> Denial:
    with pytest.raises(NotGranted) as denial:
        await granting  # type: ignore[misc]  # An act of granting.
    return denial.value.why


def rows(one: Practice, table: str) -> object:
    return raw_value(one.root / DIRECTORY_FILE, f"SELECT count(*) FROM {table}")  # noqa: S608  A table's name.
