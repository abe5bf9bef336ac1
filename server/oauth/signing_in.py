"""The sign-in through an identity provider: there, and back with its answer."""

from __future__ import annotations

import base64
import logging
import secrets
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.refusals import NotFound
from operations.identity.providers import secret_of, the_provider
from operations.identity.vouching import sign_in_vouched
from server.http.answers import Turned
from server.http.limits import Allowance, Limiter
from server.http.origins import origin_asked
from server.http.shared_limits import SharedLimits
from server.oauth.askers import asker_of, counted
from server.oauth.fetching import NotFetched
from server.oauth.people import Attempt, Relying, address_of, vouched_for
from server.oauth.provider import Providers
from server.oauth.statements import NotGenuine
from server.pages.cookies import cookie_name, cookie_options
from server.pages.identity.addresses import local_path
from server.pages.languages import N_, gettext
from server.pages.rendering import nothing_here, see_other, told, too_many
from server.pages.visiting import Desk, OpenPage, Visitor

BEGIN, ANSWER = "/sign-in/provider", "/sign-in/provider/answer"
_SECONDS = 600
_log = logging.getLogger(__name__)


def routes(desk: Desk, known: Providers, allowance: Allowance, limits: SharedLimits) -> list[Route]:
    """The pages of the sign-in through a provider, which each address has asked as often as for a client program."""
    of_address = replace(allowance, per_second=allowance.programs_per_second, burst=allowance.programs_burst)
    one = ProviderSignIn(desk, known, limits.limiter("sign-ins", of_address))
    return [desk.open_page(BEGIN, one.begin), desk.open_page(ANSWER, one.answer)]


@dataclass(frozen=True, slots=True)
class ProviderSignIn:
    """The routes `/sign-in/provider`, which sends the browser to the provider, and `/sign-in/provider/answer`, to which
    the provider sends it back.
    """

    desk: Desk
    known: Providers
    limiter: Limiter

    async def begin(self, request: Request, visitor: Visitor | None) -> Response:
        """Who is signed in already proves it anew, or is somebody else: the provider is to ask, and not just to wave
        the browser through.
        """
        return await self._counted(request, visitor, self._begin)

    async def _begin(self, request: Request, visitor: Visitor | None) -> Response:
        office, back = self.desk.office, local_path(request.query_params.get("next", ""))
        relying = await self._relying()
        if origin_asked(request, office.public_url) != office.public_url:
            # The provider sends the browser to the public URL, where a cookie of this host would be missing.
            return see_other(f"{office.public_url}{BEGIN}?{urlencode({'next': back})}")
        attempt = Attempt(secrets.token_urlsafe(32), relying.issuer)
        try:
            published = await self.known.published(relying.issuer)
        except NotFetched as fault:
            return _unavailable(fault)
        response = see_other(address_of(published, relying, attempt, anew=visitor is not None))
        held = f"{attempt.secret}.{base64.urlsafe_b64encode(back.encode()).decode()}"
        response.set_cookie(self._cookie, held, max_age=_SECONDS, **cookie_options(secure=self.desk.cookie.secure))
        return response

    async def answer(self, request: Request, visitor: Visitor | None) -> Response:
        return await self._counted(request, visitor, self._answer)

    async def _counted(self, request: Request, visitor: Visitor | None, page: OpenPage) -> Response:
        """The page for whoever does not ask too often; from this machine, each sign-in that has begun."""
        asker = asker_of(request, request.cookies.get(self._cookie, ""))
        with counted(self.limiter, asker) as seconds:
            return too_many(seconds) if seconds else await page(request, visitor)

    async def _answer(self, request: Request, visitor: Visitor | None) -> Response:
        office = self.desk.office
        relying = await self._relying()
        secret, _, back = request.cookies.get(self._cookie, "").partition(".")
        try:
            if not secret:
                raise NotGenuine("this browser has not begun it")
            vouched = await vouched_for(
                self.known,
                relying,
                Attempt(secret, relying.issuer),
                _single(request),
                now=office.latest(),
            )
            begun = await sign_in_vouched(office, vouched)
        except NotGenuine as fault:
            why = {"reason": fault.reason}
            _log.warning("a sign-in through the identity provider came to nothing: %s", fault.reason, extra=why)
            self.desk.count_failed("provider")
            return self._over(told(gettext("This sign-in came to nothing"), gettext(_AGAIN), status=400))
        except NotFetched as fault:
            return self._over(_unavailable(fault))
        except NotFound as refused:
            self.desk.count_failed("provider")
            return self._over(told(gettext("Nobody here is known by that"), refused.message, status=403))
        return await self.desk.begin(self._over(see_other(_decoded(back))), begun, before=visitor)

    @property
    def _cookie(self) -> str:
        return cookie_name("provider", secure=self.desk.cookie.secure)

    async def _relying(self) -> Relying:
        """This installation, as the provider knows it.

        Raises:
            Turned: no provider was set: then there are no such pages.
        """
        office = self.desk.office
        provider = await the_provider(office.store)
        if provider is None:
            raise Turned(nothing_here())
        secret = secret_of(office.store, provider)
        return Relying(provider.issuer, provider.client_id, secret, f"{office.public_url}{ANSWER}")

    def _over(self, response: Response) -> Response:
        """The response, with which the browser forgets the sign-in."""
        response.delete_cookie(self._cookie, **cookie_options(secure=self.desk.cookie.secure))
        return response


_AGAIN = N_(
    "The identity provider's answer does not belong to a sign-in of this browser, was used already, or has expired."
    " Open the sign-in page and begin again."
)


def _decoded(back: str) -> str:
    try:
        return local_path(base64.urlsafe_b64decode(back).decode())
    except ValueError:
        return "/"


def _single(request: Request) -> dict[str, str]:
    """The parameters of the answer; one that is there twice says nothing."""
    pairs = request.query_params.multi_items()
    names = [name for name, _ in pairs]
    return {name: value for name, value in pairs if names.count(name) == 1}


def _unavailable(fault: NotFetched) -> Response:
    _log.warning("the identity provider cannot be asked: %s", fault.reason, extra={"reason": fault.reason})
    return told(
        gettext("The identity provider cannot be asked now"),
        gettext("Try again in a moment. If it stays like this, an owner can give you a link to sign in with."),
        status=503,
    )
