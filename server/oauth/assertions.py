"""The grant by which an identity provider connects its staff: a signed statement (`id-jag`) for an access token.

The provider has decided who may use which program at which connection; what it states is for this server, for the
program that brings it, for one connection, and counts once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from operations.access import Office
from operations.authorization.granting import Denial, NotGranted
from operations.authorization.scopes import Asked, words_asked
from operations.authorization.staff import StaffStatement, StaffToken, connect_staff
from operations.identity.providers import the_provider
from operations.identity.vouching import Vouched
from server.oauth.errors import OAuthError, invalid_request
from server.oauth.fetching import NotFetched
from server.oauth.parameters import Parameters
from server.oauth.people import confirmed_address
from server.oauth.provider import Providers
from server.oauth.resources import AskedConnection, ConnectionUrls
from server.oauth.statements import Claims, NotGenuine, check_times, text_in
from storage.directory.client_programs import ClientMethod, ClientProgram
from storage.directory.providers import KnownProvider

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
PROFILE = "urn:ietf:params:oauth:grant-profile:id-jag"
LIFETIME_MAX = timedelta(hours=1)
_TYPES = frozenset({"oauth-id-jag+jwt"})
_ID_LENGTH_MAX = 255


@dataclass(frozen=True, slots=True)
class StaffAssertions:
    """Redeems statements of the identity provider, where it may connect staff."""

    office: Office
    known: Providers
    urls: ConnectionUrls

    async def are_taken(self) -> bool:
        """Whether there is a provider that may connect its staff."""
        return await self._provider() is not None

    async def redeem(self, program: ClientProgram, parameters: Parameters) -> StaffToken:
        """An access token for what the provider states, brought by a program that has proved to be itself.

        Raises:
            OAuthError, NotGranted: it gives none.
        """
        provider = await self._provider()
        if provider is None:
            raise OAuthError("unsupported_grant_type", "No identity provider connects its staff here.")
        if program.method is ClientMethod.NONE:
            raise OAuthError("unauthorized_client", "This grant is for programs that have a secret or a key.")
        if not parameters.get("assertion"):
            raise invalid_request("assertion is required.")
        try:
            return await connect_staff(self.office, await self._statement(provider, program, parameters))
        except NotGenuine as fault:
            raise OAuthError("invalid_grant", f"The assertion is not taken: {fault.reason}.") from None
        except NotFetched:
            raise OAuthError("temporarily_unavailable", "The identity provider cannot be asked.", status=503) from None

    async def _provider(self) -> KnownProvider | None:
        provider = await the_provider(self.office.store)
        return provider if provider is not None and provider.connect_staff else None

    async def _statement(
        self, provider: KnownProvider, program: ClientProgram, parameters: Parameters
    ) -> StaffStatement:
        claims = await self.known.claims(provider.issuer, parameters.get("assertion"), types=_TYPES)
        expires_at = check_times(claims, self.office.latest(), most=LIFETIME_MAX)
        self._check_meant(claims, provider, program)
        connection = self._connection(claims, parameters)
        return StaffStatement(
            vouched=Vouched(provider.issuer, text_in(claims, "sub"), confirmed_address(claims)),
            statement_id=text_in(claims, "jti"),
            expires_at=expires_at,
            client_id=program.id,
            program=program.name,
            audience=connection.audience,
            handle=connection.handle,
            words=_words(claims, parameters),
        )

    def _check_meant(self, claims: Claims, provider: KnownProvider, program: ClientProgram) -> None:
        meant = claims.get("aud")
        audience = meant[0] if isinstance(meant, list) and len(meant) == 1 else meant
        if claims.get("iss") != provider.issuer:
            raise NotGenuine("it is another provider's")
        if audience not in (self.urls.public_url, f"{self.urls.public_url}/"):
            raise NotGenuine("it is for another server")
        if claims.get("client_id") != program.id:
            raise NotGenuine("it was given to another program")
        if not text_in(claims, "sub"):
            raise NotGenuine("it names nobody")
        if not 0 < len(text_in(claims, "jti")) <= _ID_LENGTH_MAX:
            raise NotGenuine("it has no name of its own, by which it would count once")

    def _connection(self, claims: Claims, parameters: Parameters) -> AskedConnection:
        """The connection that the statement is for, and that the program asks for, where it says so."""
        stated = self.urls.named(text_in(claims, "resource"))
        asked = self.urls.named(parameters.get("resource")) if parameters.get("resource") else stated
        if stated is None or stated != asked:
            raise NotGranted(Denial.TARGET)
        return stated


def _words(claims: Claims, parameters: Parameters) -> frozenset[Asked]:
    """What is let: no more than the provider states, and than the program asks for."""
    let, asked = (_meaning(text) for text in (text_in(claims, "scope"), parameters.get("scope")))
    if not (both := let & asked):
        raise NotGranted(Denial.SCOPE)
    return both


def _meaning(text: str) -> frozenset[Asked]:
    words = words_asked(text) or frozenset()
    return words | {Asked.READ} if Asked.WRITE in words else words
