"""The client programs that ask: those that have registered, and those whose id is the address of their document."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from operations.access import Office
from operations.authorization.programs import known_program, remember_program
from server.oauth.descriptions import described
from server.oauth.errors import OAuthError
from server.oauth.fetching import NotFetched, fetch_json
from storage.directory.client_programs import HAS_SECRET, ClientMethod, ClientProgram

Fetch = Callable[[str], Awaitable[dict[str, Any]]]

FRESH_FOR = timedelta(hours=1)
STALE_FOR = timedelta(days=7)
"""For so long what a document said still refreshes tokens, while it cannot be had: that does not depend on another's
server. Nobody is asked for anything new meanwhile.
"""
_ADDRESS = re.compile(r"https://[a-z0-9.-]+/[A-Za-z0-9._~!$&'()+,;=:@/%-]+")
_ID_LENGTH_MAX = 300


@dataclass(frozen=True, slots=True)
class Programs:
    """Where programs are found; `fetch` has the document at an address, with a guard."""

    office: Office
    fetch: Fetch = fetch_json

    async def asking(self, client_id: str) -> ClientProgram | None:
        """The program of this id, which asks a person for something: what its document says is fresh. None where there
        is none, or none that can be had.

        Raises:
            OAuthError: its document is there, and is not in order.
        """
        known = await self._known(client_id)
        if not is_address(client_id) or (known is not None and self._is_fresh(known)):
            return known
        try:
            return await self._read(client_id)
        except NotFetched:
            return None

    async def find(self, client_id: str) -> ClientProgram | None:
        """The program of this id, which asks for what it was allowed; None where there is none, or none that can be
        had. For one that nobody has allowed anything no document is read: whoever names addresses here makes the server
        ask for none.

        Raises:
            OAuthError: its document is there, and is not in order.
        """
        known = await self._known(client_id)
        if known is None or known.last_used_at is None or self._is_fresh(known):
            return known
        try:
            return await self._read(client_id)
        except NotFetched:
            return known if self._is_fresh(known, STALE_FOR) else None

    async def _known(self, client_id: str) -> ClientProgram | None:
        return await known_program(self.office, client_id) if 0 < len(client_id) <= _ID_LENGTH_MAX else None

    def _is_fresh(self, known: ClientProgram, longer: timedelta = timedelta()) -> bool:
        return known.fresh_until is None or known.fresh_until + longer > self.office.latest()

    async def _read(self, address: str) -> ClientProgram:
        """What the document at this address says, which is kept.

        Raises:
            NotFetched: it cannot be had.
            OAuthError: it is not in order.
        """
        read = of_document(address, await self.fetch(address))
        await remember_program(self.office, replace(read, fresh_until=self.office.latest() + FRESH_FOR))
        return await self._known(address) or read


def is_address(client_id: str) -> bool:
    """Whether an id is the address of a document: by https, with a path, in the one form in which it is compared."""
    if _ADDRESS.fullmatch(client_id) is None:
        return False
    return not {".", ".."} & set(client_id.split("/")) and "%2e" not in client_id.lower()


def of_document(address: str, said: dict[str, Any]) -> ClientProgram:
    """The program that the document at an address describes.

    Raises:
        OAuthError: it describes another, or in a way that is not served.
    """
    if said.get("client_id") != address:
        raise OAuthError("invalid_client", "The document at the client_id names another client_id.")
    if "client_secret" in said:
        raise OAuthError("invalid_client", "A document that everybody can read holds no client_secret.")
    program = described(said, program_id=address, method=ClientMethod.NONE)
    if program.method in HAS_SECRET:
        raise OAuthError("invalid_client", "A program with a document proves itself by private_key_jwt, or not at all.")
    return program


def host_of(client_id: str) -> str:
    """The host that vouches for what the program of this id says of itself; empty for one that has registered, as
    anybody can.
    """
    return client_id.split("/")[2] if is_address(client_id) else ""
