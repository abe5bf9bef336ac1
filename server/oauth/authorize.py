"""`/oauth/authorize`: a browser brings what a program asks for. What is in order waits on the consent page; what is not
is answered to the program, where it is known to be its own redirect URI, and else is told on a page.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from operations.access import Office
from operations.authorization.requests import NewRequest, begin_request
from operations.authorization.scopes import words_asked
from server.http.limits import Limiter
from server.oauth.askers import asker_of, counted
from server.oauth.errors import OAuthError, invalid_request
from server.oauth.parameters import PARAMETERS_MAX, Parameters
from server.oauth.programs import Programs, host_of
from server.oauth.redirects import answered, is_one_of, place_of
from server.oauth.resources import ConnectionUrls
from server.oauth.waiting import BrowserMark, consent_address
from server.pages.languages import gettext
from server.pages.rendering import see_other, told, too_many
from server.pages.visiting import Visitor
from storage.directory.client_programs import ClientProgram

STATE_LENGTH_MAX = 2_000
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_PROMPTS = frozenset({"", "none", "login", "consent", "select_account"})


@dataclass(frozen=True, slots=True)
class Authorize:
    """The page of this address, which shows nothing by itself where all is in order."""

    office: Office
    programs: Programs
    urls: ConnectionUrls
    mark: BrowserMark
    limiter: Limiter

    async def __call__(self, request: Request, visitor: Visitor | None) -> Response:
        try:
            pairs = parse_qsl(request.url.query, keep_blank_values=True, max_num_fields=PARAMETERS_MAX)
        except ValueError:
            return _not_in_order(gettext("It has too many parameters."))
        parameters = Parameters.of(pairs)
        client_id = parameters.get("client_id")
        # Where nobody can be counted, it is the program that registered, or the host of documents.
        asker = _person(visitor) or asker_of(request, host_of(client_id) or client_id)
        with counted(self.limiter, asker) as seconds:
            return too_many(seconds) if seconds else await self._answer(request, parameters)

    async def _answer(self, request: Request, parameters: Parameters) -> Response:
        try:
            program = await self.programs.asking(parameters.get("client_id"))
        except OAuthError as error:
            return _not_in_order(error.said)
        if program is None or "client_id" in parameters.repeated:
            return _not_in_order(gettext("It comes from a program that is not known here."))
        redirect_uri = parameters.get("redirect_uri")
        if "redirect_uri" in parameters.repeated or not is_one_of(redirect_uri, program.redirect_uris):
            return _not_in_order(gettext("It would be answered at an address that is not the program's own."))
        try:
            new = self._request(program, parameters)
        except OAuthError as error:
            return self._refused(program, parameters, error)
        browser = self.mark.secret(request) or secrets.token_hex(20)
        secret = await begin_request(self.office, new, browser)
        return self.mark.give(see_other(consent_address(secret)), browser, secret)

    def _request(self, program: ClientProgram, parameters: Parameters) -> NewRequest:
        """What the program asks for.

        Raises:
            OAuthError: it is not in order, or not served.
        """
        if parameters.repeated - {"resource"}:
            raise invalid_request("Send each parameter once.")
        for name in ("request", "request_uri"):
            if parameters.get(name):
                raise OAuthError(f"{name}_not_supported", "Send the parameters themselves.")
        if parameters.get("response_type") != "code":
            raise OAuthError("unsupported_response_type", "response_type is code.")
        if parameters.get("response_mode") not in ("", "query"):
            raise invalid_request("response_mode is query.")
        challenge = _challenge(parameters)
        if len(parameters.get("state")) > STATE_LENGTH_MAX:
            raise invalid_request("state is too long.")
        connection = self.urls.named(parameters.get("resource"))
        if connection is None or "resource" in parameters.repeated:
            raise OAuthError("invalid_target", "resource is the URL of one connection of this server.")
        words = words_asked(parameters.get("scope"))
        if words is None:
            raise OAuthError("invalid_scope", "scope is of read and write.")
        return NewRequest(
            client_id=program.id,
            redirect_uri=parameters.get("redirect_uri"),
            audience=connection.audience,
            handle=connection.handle,
            words=words,
            state=parameters.get("state"),
            challenge=challenge,
            prompt=_prompt(parameters.get("prompt")),
        )

    def _refused(self, program: ClientProgram, parameters: Parameters, error: OAuthError) -> Response:
        """Tells the program. Nobody is led to the web for one that nobody has allowed anything, since anybody can
        register one that leads wherever a link of this host is to lead (RFC 9700, 4.11.2).
        """
        if program.last_used_at is None and place_of(parameters.get("redirect_uri")):
            return _not_in_order(error.said)
        state = "" if "state" in parameters.repeated else parameters.get("state")[:STATE_LENGTH_MAX]
        answer = {"error": error.code, "error_description": error.said, "state": state, "iss": self.office.public_url}
        return see_other(answered(parameters.get("redirect_uri"), **answer))


def _person(visitor: Visitor | None) -> str:
    """Who is signed in counts as that person, whatever else comes from there."""
    return "" if visitor is None else f"person {visitor.office.principal.user_id}"


def _challenge(parameters: Parameters) -> str:
    """What binds the code to the program that asks: PKCE in its one form that nobody who sees it can use."""
    challenge = parameters.get("code_challenge")
    if parameters.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge):
        raise invalid_request("PKCE is required: code_challenge, by the method S256.")
    return challenge


def _prompt(prompt: str) -> str:
    words = frozenset(prompt.split()) or frozenset({""})
    if not words <= _PROMPTS or ("none" in words and len(words) > 1):
        raise invalid_request("prompt is of login, consent and select_account.")
    if "none" in words:
        raise OAuthError("interaction_required", "A person is asked each time.")
    return " ".join(sorted(words)).strip()


def _not_in_order(said: str) -> Response:
    """`said` is for whoever makes the program, and like OAuth itself in English."""
    told_too = gettext(
        "What brought you here is not in order. %(said)s Begin anew from the program that you want to connect; if it"
        " brings you here again, whoever makes it can mend it.",
        said=said,
    )
    return told(gettext("This cannot be connected"), told_too, status=400)
