"""What a client program says of itself, checked: when it registers, and in a document of its own (RFC 7591, 2)."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from typing import Any

from server.oauth.errors import OAuthError
from server.oauth.fetching import NotFetched, target_of
from server.oauth.program_keys import NoKeys, keys_of
from server.oauth.redirects import is_acceptable
from storage.directory.client_programs import ClientMethod, ClientProgram

REDIRECTS_MAX = 20
NAME_LENGTH_MAX = 60
_KEYS_BYTES_MAX = 16_384
_SERVED_GRANTS = frozenset({"authorization_code", "refresh_token"})


def described(said: Mapping[str, Any], *, program_id: str, method: ClientMethod) -> ClientProgram:
    """The program that describes itself so; `method` is how it proves to be itself where it does not say.

    Raises:
        OAuthError: it says something that is not served here, or not in the right form.
    """
    chosen = _method(said.get("token_endpoint_auth_method"), method)
    grants, answers = said.get("grant_types") or ["authorization_code"], said.get("response_types") or ["code"]
    if not _are_texts(grants) or "authorization_code" not in grants:
        raise _not_served("grant_types must have authorization_code.")
    if not _are_texts(answers) or "code" not in answers:
        raise _not_served("response_types must have code.")
    keys, keys_url = _keys(said) if chosen is ClientMethod.PRIVATE_KEY else ("", "")
    return ClientProgram(
        id=program_id,
        name=shown_name(said.get("client_name")),
        redirect_uris=_redirects(said.get("redirect_uris")),
        method=chosen,
        keys=keys,
        keys_url=keys_url,
    )


def shown_name(said: object) -> str:
    """The name that a program gives itself as people are shown it: one short line, in which nothing hides or turns the
    direction of what stands beside it.
    """
    if not isinstance(said, str):
        return "a program without a name"
    visible = [
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", said[: NAME_LENGTH_MAX * 8])
        if character.isspace() or not unicodedata.category(character).startswith(("C", "Z"))
    ]
    name = " ".join("".join(visible).split())
    if len(name) > NAME_LENGTH_MAX:
        name = f"{name[: NAME_LENGTH_MAX - 1].rstrip()}…"
    return name or "a program without a name"


def grants_told(said: Mapping[str, Any]) -> list[str]:
    """Those of the grants that a program names which are served here; it was `described` before."""
    named = [one for one in said.get("grant_types") or () if one in _SERVED_GRANTS]
    return named or ["authorization_code", "refresh_token"]


def _redirects(said: object) -> tuple[str, ...]:
    if not isinstance(said, list) or not 0 < len(said) <= REDIRECTS_MAX:
        raise OAuthError("invalid_redirect_uri", f"redirect_uris must be a list of 1 to {REDIRECTS_MAX}.")
    for one in said:
        if not isinstance(one, str) or not is_acceptable(one):
            raise OAuthError(
                "invalid_redirect_uri",
                "A redirect URI is one of https, of http on this computer (127.0.0.1, [::1], localhost), or of an app's"
                " own scheme with a dot; without fragment, wildcard, user name or password.",
            )
    return tuple(dict.fromkeys(said))


def _method(said: object, default: ClientMethod) -> ClientMethod:
    if said in (None, ""):
        return default
    try:
        return ClientMethod(str(said))
    except ValueError:
        raise _not_served(f"token_endpoint_auth_method must be one of {', '.join(ClientMethod)}.") from None


def _keys(said: Mapping[str, Any]) -> tuple[str, str]:
    """The program's public keys as JSON, or the address where they stand."""
    keys: Any = said.get("jwks")
    url = said.get("jwks_uri")
    if isinstance(url, str) and keys is None:
        try:
            target_of(url)
        except NotFetched as refused:
            raise _not_served(f"jwks_uri cannot be fetched. {refused.reason}") from None
        return "", url
    try:
        keys_of(keys)
    except NoKeys:
        raise _not_served("private_key_jwt needs jwks, which are a few public keys, or jwks_uri.") from None
    if len(text := json.dumps(keys)) > _KEYS_BYTES_MAX:
        raise _not_served("jwks are too long.")
    return text, ""


def _are_texts(said: object) -> bool:
    return isinstance(said, list) and all(isinstance(one, str) for one in said)


def _not_served(said: str) -> OAuthError:
    return OAuthError("invalid_client_metadata", said)
