"""Which program asks for tokens: by nothing but its id, by its secret, or by a statement that it has signed."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.requests import Request

from operations.authorization.programs import count_assertion, has_secret
from server.oauth.errors import OAuthError, invalid_client, invalid_request
from server.oauth.fetching import NotFetched
from server.oauth.parameters import Parameters
from server.oauth.programs import Programs
from storage.directory.client_programs import HAS_SECRET, ClientMethod, ClientProgram

ALGORITHMS = ("ES256", "ES384", "RS256", "PS256", "EdDSA", "Ed25519")
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIFETIME = timedelta(minutes=10)
_ASSERTION_LENGTH_MAX = 8_192


@dataclass(frozen=True, slots=True)
class Proof:
    """Finds out which program asks; `audiences` are the names by which a signed statement may mean this server."""

    programs: Programs
    audiences: frozenset[str]

    async def program(self, request: Request, parameters: Parameters) -> ClientProgram:
        """The program that has proved to be itself.

        Raises:
            OAuthError: none has.
        """
        basic = _basic(request.headers.getlist("authorization"))
        assertion = parameters.get("client_assertion")
        if sum((basic is not None, bool(parameters.get("client_secret")), bool(assertion))) > 1:
            raise invalid_request("Prove the program in one way, not in several.")
        client_id = parameters.get("client_id") or (_subject(assertion) if assertion else "")
        secret = parameters.get("client_secret")
        if basic is not None:
            if client_id not in ("", basic[0]):
                raise invalid_request("Authorization and client_id name different programs.")
            client_id, secret = basic
        program = await self.programs.find(client_id)
        if program is None:
            raise invalid_client("There is no such program: it was never registered, or not used for long.")
        await self._check(program, secret, assertion, parameters.get("client_assertion_type"))
        return program

    async def _check(self, program: ClientProgram, secret: str, assertion: str, kind: str) -> None:
        if program.method in HAS_SECRET:
            if not has_secret(program, secret):
                raise invalid_client("This is not the program's secret.")
        elif program.method is ClientMethod.PRIVATE_KEY:
            if kind != ASSERTION_TYPE or not await self._is_signed(program, assertion):
                raise invalid_client("The program's statement is missing, or not its own, or was used before.")
        elif secret or assertion:
            raise invalid_client("This program has no secret and no key.")

    async def _is_signed(self, program: ClientProgram, assertion: str) -> bool:
        office = self.programs.office
        try:
            claims = jwt.decode(assertion, await self._keys(program), algorithms=list(ALGORITHMS)).claims
        except (JoseError, ValueError, TypeError, KeyError):
            return False
        named = claims.get("aud")
        audiences = named if isinstance(named, list) else [named]
        expires, now = claims.get("exp"), office.latest()
        if not isinstance(expires, int) or not 0 < expires - int(now.timestamp()) <= ASSERTION_LIFETIME.total_seconds():
            return False
        identifier = claims.get("jti")
        if claims.get("iss") != program.id or claims.get("sub") != program.id or not isinstance(identifier, str):
            return False
        if not identifier or not any(isinstance(one, str) and one in self.audiences for one in audiences):
            return False
        ends = datetime.fromtimestamp(expires, UTC)
        return await count_assertion(office, program.id, identifier, expires_at=ends)

    async def _keys(self, program: ClientProgram) -> KeySet:
        if program.keys:
            return KeySet.import_key_set(json.loads(program.keys))
        try:
            keys: Any = await self.programs.fetch(program.keys_url)
        except NotFetched:
            raise OAuthError("temporarily_unavailable", "The program's keys cannot be had.", status=503) from None
        return KeySet.import_key_set(keys)


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


def _subject(assertion: str) -> str:
    """Which program a statement is said to be of, before anything of it is believed."""
    if len(assertion) > _ASSERTION_LENGTH_MAX:
        return ""
    try:
        body = assertion.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (ValueError, IndexError, RecursionError):
        return ""
    subject = claims.get("sub") if isinstance(claims, dict) else None
    return subject if isinstance(subject, str) else ""
