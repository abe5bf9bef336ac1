"""What programs call: registration, tokens, and giving them back. Browsers' programs may call them from anywhere, for
they bring no cookie: what they do is theirs by what they know.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from invoicing.refusals import Unavailable
from operations.access import Office
from operations.activity import Door, note_failed_authentication
from operations.authorization.granting import (
    Denial,
    NotGranted,
    Redemption,
    Refreshing,
    Tokens,
    give_back,
    redeem,
    refresh,
)
from operations.authorization.programs import register_program
from operations.authorization.scopes import Asked, words_asked, words_text
from operations.authorization.staff import StaffToken
from server.http.answers import Turned
from server.http.limits import Limiter
from server.oauth import assertions
from server.oauth.askers import asker_of, counted
from server.oauth.assertions import StaffAssertions
from server.oauth.browsers import for_any_page
from server.oauth.descriptions import described, grants_told
from server.oauth.errors import NOT_KEPT, OAuthError, invalid_request, too_many
from server.oauth.parameters import PARAMETERS_MAX, Parameters, parameters_of
from server.oauth.plain_json import json_object
from server.oauth.proving import Proof
from server.oauth.resources import ConnectionUrls
from server.pages.reading import read_body
from storage.directory.client_programs import HAS_SECRET, ClientMethod, ClientProgram

_log = logging.getLogger(__name__)
Answer = Callable[[Request, bytes], Awaitable[Response]]
ENDPOINT_METHODS = ("POST", "OPTIONS")

_SAID = {
    Denial.GRANT: "The code or token is unknown, over, used, or another program's: let the person connect anew.",
    Denial.TARGET: "resource is another connection than the one that was allowed.",
    Denial.SCOPE: "scope is more than was allowed.",
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One of these calls: counted by whoever makes it, and answered in OAuth's words whatever becomes of it. `named` is
    what a body asks for, by which it counts where nothing is known of its maker.
    """

    answer: Answer
    named: Callable[[bytes], str]
    limiter: Limiter

    async def __call__(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return for_any_page(request, Response(status_code=204))
        if request.method not in ENDPOINT_METHODS:
            answer = OAuthError("invalid_request", "Send it by POST.", status=405).response()
            answer.headers["Allow"] = ", ".join(ENDPOINT_METHODS)
            return for_any_page(request, answer)
        return for_any_page(request, await self._answer(request))

    async def _answer(self, request: Request) -> Response:
        try:
            body = await read_body(request)
            with counted(self.limiter, asker_of(request, self.named(body))) as seconds:
                return too_many(seconds).response() if seconds else await self.answer(request, body)
        except OAuthError as error:
            return error.response()
        except NotGranted as denied:
            return OAuthError(denied.why.value, _SAID[denied.why]).response()
        except Turned:
            return OAuthError("invalid_request", "This is too large.", status=413).response()
        except ClientDisconnect:
            return Response(status_code=400)
        except Unavailable as fault:
            _log.error("a program could not be answered: %s", fault)
            return OAuthError("temporarily_unavailable", "Not available at the moment.", status=503).response()


def program_named(body: bytes) -> str:
    """By what a registration counts: the redirect URIs, by which one program is told from another."""
    try:
        return json.dumps(json_object(body).get("redirect_uris"))
    except ValueError:
        return ""


def token_named(body: bytes) -> str:
    """By what a call for tokens counts: what it brings that others do not have, else the program."""
    try:
        parameters = Parameters.of(parse_qsl(body.decode(), max_num_fields=PARAMETERS_MAX))
    except ValueError:
        return ""
    names = ("code", "refresh_token", "token", "assertion", "client_assertion", "client_id")
    return next((found for name in names if (found := parameters.get(name))), "")


@dataclass(frozen=True, slots=True)
class Registration:
    """`/oauth/register`: a program says what it is, and is known from then on (RFC 7591)."""

    office: Office

    async def __call__(self, _: Request, body: bytes) -> Response:
        try:
            said = json_object(body)
        except ValueError:
            raise OAuthError("invalid_client_metadata", "Send a JSON object.") from None
        # Without a word of its own a program has a secret (RFC 7591, 2); most here are public ones, which say so.
        program = described(said, program_id="", method=ClientMethod.BASIC)
        kept, secret = await register_program(self.office, program)
        told = _told(kept, secret, self.office.latest()) | {"grant_types": grants_told(said)}
        if isinstance(scope := said.get("scope"), str) and (words := words_asked(scope)):
            told["scope"] = words_text(words)
        return JSONResponse(told, status_code=201, headers=NOT_KEPT)


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """`/oauth/token`: a code or a refresh token for new tokens, or an identity provider's statement for one."""

    office: Office
    proof: Proof
    urls: ConnectionUrls
    staff: StaffAssertions

    async def __call__(self, request: Request, body: bytes) -> Response:
        try:
            return await self._grant(request, parameters_of(request, body))
        except NotGranted as denied:
            self._count(denied.why.value)
            raise
        except OAuthError as error:
            if error.status == 401:
                self._count(error.code)
            raise

    def _count(self, reason: str) -> None:
        note_failed_authentication(self.office.store, self.office.clock, Door.OAUTH, reason)

    async def _grant(self, request: Request, parameters: Parameters) -> Response:
        grant = parameters.get("grant_type")
        if grant not in ("authorization_code", "refresh_token", assertions.GRANT):
            raise OAuthError("unsupported_grant_type", "grant_type is authorization_code or refresh_token.")
        program = await self.proof.program(request, parameters)
        if grant == assertions.GRANT:
            return _granted(await self.staff.redeem(program, parameters))
        if grant == "authorization_code":
            return _granted(await redeem(self.office, self._redemption(program, parameters)))
        return _granted(await refresh(self.office, self._refreshing(program, parameters)))

    def _redemption(self, program: ClientProgram, parameters: Parameters) -> Redemption:
        if not parameters.get("code") or not parameters.get("code_verifier"):
            raise invalid_request("code and code_verifier are required.")
        return Redemption(
            client_id=program.id,
            code=parameters.get("code"),
            redirect_uri=parameters.get("redirect_uri"),
            verifier=parameters.get("code_verifier"),
            audience=self._audience(parameters),
        )

    def _refreshing(self, program: ClientProgram, parameters: Parameters) -> Refreshing:
        if not parameters.get("refresh_token"):
            raise invalid_request("refresh_token is required.")
        return Refreshing(
            client_id=program.id,
            token=parameters.get("refresh_token"),
            words=_words(parameters.get("scope")),
            audience=self._audience(parameters),
        )

    def _audience(self, parameters: Parameters) -> str:
        if not (resource := parameters.get("resource")):
            return ""
        if (connection := self.urls.named(resource)) is None:
            raise NotGranted(Denial.TARGET)
        return connection.audience


@dataclass(frozen=True, slots=True)
class Revocation:
    """`/oauth/revoke`: a program gives back what it has, and is told the same whatever that was (RFC 7009)."""

    office: Office
    proof: Proof

    async def __call__(self, request: Request, body: bytes) -> Response:
        parameters = parameters_of(request, body)
        program = await self.proof.program(request, parameters)
        if not (token := parameters.get("token")):
            raise invalid_request("token is required.")
        await give_back(self.office, program.id, token)
        return Response(status_code=200, headers=NOT_KEPT)


def _words(scope: str) -> frozenset[Asked] | None:
    if not scope:
        return None
    if (words := words_asked(scope)) is None:
        raise NotGranted(Denial.SCOPE)
    return words


def _granted(tokens: Tokens | StaffToken) -> Response:
    told = {
        "access_token": tokens.access,
        "token_type": "Bearer",
        "expires_in": tokens.seconds,
        "scope": words_text(tokens.words),
    }
    if isinstance(tokens, Tokens):
        told["refresh_token"] = tokens.refresh
    return JSONResponse(told, headers=NOT_KEPT)


def _told(program: ClientProgram, secret: str, now: datetime) -> dict[str, Any]:
    told: dict[str, Any] = {
        "client_id": program.id,
        "client_id_issued_at": int(now.timestamp()),
        "client_name": program.name,
        "redirect_uris": list(program.redirect_uris),
        "token_endpoint_auth_method": program.method.value,
        "response_types": ["code"],
    }
    if program.method in HAS_SECRET:
        told |= {"client_secret": secret, "client_secret_expires_at": 0}
    if program.keys:
        told["jwks"] = json.loads(program.keys)
    if program.keys_url:
        told["jwks_uri"] = program.keys_url
    return told
