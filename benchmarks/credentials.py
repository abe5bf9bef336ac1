"""A call with the token of an OAuth connection beside the same call with an API key."""

from __future__ import annotations

from pathlib import Path

from benchmarks.load import Caller, Job, compare
from benchmarks.office import Office as Served
from invoicing.organizations import EVERYTHING, CredentialKind
from operations.access import Office
from operations.authorization.consent import Consent, allow
from operations.authorization.granting import Redemption, challenge_of, redeem
from operations.authorization.programs import register_program
from operations.authorization.requests import NewRequest, begin_request, waiting_request
from operations.authorization.scopes import BOTH
from operations.credentials import create_key
from operations.practices import local_owner
from server.app import find_organization, system_clock
from storage.directory.client_programs import ClientProgram
from storage.folder.store import open_store

WANTED = 1.1
_CALLBACK, _VERIFIER = "http://127.0.0.1/callback", "v" * 43


async def compare_credentials(served: Served, *, calls: int, rounds: int) -> None:
    """Print what the token's call costs, in processor time of the server, to that of the key."""
    assert served.data is not None
    client = await served.add_client("Corner Florist")
    url = served.caller.url.removesuffix("/mcp")
    key, token = await _secrets(served.data, client.handle, url)
    callers = [Caller(f"{url}/mcp/{client.handle}", secret) for secret in (key, token)]
    try:
        jobs = [Job(caller, "find_customers", lambda _: {}, served.cpu_seconds) for caller in callers]
        figures = await compare(*jobs, calls=calls, rounds=rounds)
    finally:
        for caller in callers:
            await caller.close()
    print("A call with the token of an OAuth connection to one with an API key")
    print(f"processor time {figures.cpu:.2f} (wanted: {WANTED}), throughput {figures.throughput:.2f}\n", flush=True)


async def _secrets(data: Path, handle: str, url: str) -> tuple[str, str]:
    """An API key of the organization, and the token of a connection that the owner allows to it."""
    async with open_store(data) as store:
        owner = await local_owner(store)
        assert owner is not None
        office = Office(store=store, principal=owner, clock=system_clock)
        organization = await find_organization(office, handle)
        key = await create_key(office, organization, "bench", kind=CredentialKind.KEY, scopes=EVERYTHING)
        return key.secret, await _token(office, handle, f"{url}/mcp/{handle}")


async def _token(office: Office, handle: str, audience: str) -> str:
    program, _ = await register_program(office, ClientProgram(id="", name="Bench", redirect_uris=(_CALLBACK,)))
    new = NewRequest(
        client_id=program.id,
        redirect_uri=_CALLBACK,
        audience=audience,
        handle=handle,
        words=BOTH,
        state="",
        challenge=challenge_of(_VERIFIER),
    )
    waiting = await waiting_request(office, await begin_request(office, new, "bench"), "bench")
    assert waiting is not None
    code = await allow(office, waiting, Consent(words=BOTH))
    brought = Redemption(client_id=program.id, code=code, redirect_uri=_CALLBACK, verifier=_VERIFIER)
    return (await redeem(office, brought)).access
