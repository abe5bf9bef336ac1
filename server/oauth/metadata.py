"""The authorization server described (RFC 8414): where it is, and what it serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from operations.authorization.scopes import Asked
from server.http.origins import origin_asked
from server.oauth import assertions
from server.oauth.assertions import StaffAssertions
from server.oauth.browsers import for_any_page
from server.oauth.client_statements import ALGORITHMS
from storage.directory.client_programs import ClientMethod

ADDRESS = "/.well-known/oauth-authorization-server"


@dataclass(frozen=True, slots=True)
class AuthorizationServerMetadata:
    """The route of the description. It is answered under the public URL's host alone, which is the server's name."""

    public_url: str
    staff: StaffAssertions

    async def __call__(self, request: Request) -> Response:
        if origin_asked(request, self.public_url) != self.public_url:
            return PlainTextResponse("Not found.", status_code=404)
        if request.method == "OPTIONS":
            return for_any_page(request, Response(status_code=204))
        told = self.told()
        if await self.staff.are_taken():
            told["grant_types_supported"].append(assertions.GRANT)
            told["authorization_grant_profiles_supported"] = [assertions.PROFILE]
        return for_any_page(request, JSONResponse(told))

    def told(self) -> dict[str, Any]:
        methods, url = [method.value for method in ClientMethod], self.public_url
        return {
            "issuer": url,
            "authorization_endpoint": f"{url}/oauth/authorize",
            "token_endpoint": f"{url}/oauth/token",
            "registration_endpoint": f"{url}/oauth/register",
            "revocation_endpoint": f"{url}/oauth/revoke",
            "scopes_supported": [word.value for word in Asked],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_methods_supported": methods,
            "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
            "revocation_endpoint_auth_methods_supported": methods,
            "revocation_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            "client_id_metadata_document_supported": True,
        }
