"""Which program asks for tokens: by nothing but its id, by its secret, or by a statement that it has signed."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus, urlsplit

from starlette.requests import Request

from operations.authorization.programs import count_assertion, has_secret
from server.http.limits import Limiter
from server.oauth.askers import asker_of, counted
from server.oauth.client_statements import Statement
from server.oauth.errors import OAuthError, invalid_client, invalid_request, too_many
from server.oauth.fetching import NotFetched
from server.oauth.parameters import Parameters
from server.oauth.programs import Programs
from server.oauth.remembered import ASKED_AGAIN, Remembered
from storage.directory.client_programs import HAS_SECRET, ClientMethod, ClientProgram

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KEYS_FRESH = timedelta(hours=1)
"""A key that a program withdraws counts no longer than this."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Finds out which program asks; `audiences` are the names by which a signed statement may mean this server, `keys`
    what stands at the addresses of programs' keys, of which `limiter` says how often one more is asked.
    """

    programs: Programs
    audiences: frozenset[str]
    keys: Remembered
    limiter: Limiter

    async def program(self, request: Request, parameters: Parameters) -> ClientProgram:
        """The program that has proved to be itself.

        Raises:
            OAuthError: none has.
        """
        basic = _basic(request.headers.getlist("authorization"))
        assertion = parameters.get("client_assertion")
        if sum((basic is not None, bool(parameters.get("client_secret")), bool(assertion))) > 1:
            raise invalid_request("Prove the program in one way, not in several.")
        statement = Statement.read(assertion) if assertion else None
        client_id = parameters.get("client_id") or (statement.subject if statement else "")
        secret = parameters.get("client_secret")
        if basic is not None:
            if client_id not in ("", basic[0]):
                raise invalid_request("Authorization and client_id name different programs.")
            client_id, secret = basic
        program = await self.programs.find(client_id)
        if program is None:
            raise invalid_client("There is no such program: it was never registered, or not used for long.")
        if program.method is ClientMethod.PRIVATE_KEY:
            await self._check_statement(request, program, statement, parameters.get("client_assertion_type"))
        else:
            _check_secret(program, secret, assertion)
        return program

    async def _check_statement(
        self, request: Request, program: ClientProgram, statement: Statement | None, kind: str
    ) -> None:
        """Let nothing through but a statement of the program, once; what it says is looked at before any key is."""
        office = self.programs.office
        if (
            kind != ASSERTION_TYPE
            or statement is None
            or not statement.says(program.id, self.audiences, office.latest())
            or not await self._is_signed(request, program, statement)
            or not await count_assertion(office, program.id, statement.name, expires_at=statement.expires_at)
        ):
            raise invalid_client("The program's statement is missing, or not its own, or was used before.")

    async def _is_signed(self, request: Request, program: ClientProgram, statement: Statement) -> bool:
        if program.keys:
            return statement.is_signed_with(json.loads(program.keys))
        if statement.is_signed_with(await self._keys(request, program.keys_url, KEYS_FRESH)):
            return True
        # It may be signed with a new key.
        return statement.is_signed_with(await self._keys(request, program.keys_url, ASKED_AGAIN))

    async def _keys(self, request: Request, url: str, within: timedelta) -> dict[str, Any]:
        asker = "" if self.keys.is_known(url, within) else asker_of(request, urlsplit(url).hostname or "")
        with counted(self.limiter, asker) as seconds:
            if seconds:
                raise too_many(seconds)
            try:
                return await self.keys.get(url, within)
            except NotFetched:
                raise OAuthError("temporarily_unavailable", "The program's keys cannot be had.", status=503) from None


def _check_secret(program: ClientProgram, secret: str, assertion: str) -> None:
    if program.method in HAS_SECRET:
        if not has_secret(program, secret):
            raise invalid_client("This is not the program's secret.")
    elif secret or assertion:
        raise invalid_client("This program has no secret and no key.")


def _basic(headers: list[str]) -> tuple[str, str] | None:
    """Id and secret of an Authorization header, each encoded as in a form (RFC 6749, 2.3.1)."""
    if not headers:
        return None
    scheme, _, given = headers[0].partition(" ")
    if len(headers) > 1 or scheme.lower() != "basic":
        raise invalid_client("Authorization must be Basic.")
    try:
        name, colon, secret = base64.b64decode(given.strip(), validate=True).decode().partition(":")
    except ValueError:
        raise invalid_client("Authorization cannot be read.") from None
    if not colon:
        raise invalid_client("Authorization cannot be read.")
    return unquote_plus(name), unquote_plus(secret)
