"""The routes of the authorization server, and what it forgets now and then."""

from __future__ import annotations

import logging
from dataclasses import replace

from starlette.routing import Route

from server.http.limits import Allowance
from server.http.shared_limits import SharedLimits
from server.oauth.assertions import StaffAssertions
from server.oauth.authorize import Authorize
from server.oauth.consent import ConsentPage
from server.oauth.endpoints import (
    ENDPOINT_METHODS,
    Endpoint,
    Registration,
    Revocation,
    TokenEndpoint,
    program_named,
    token_named,
)
from server.oauth.fetching import fetch_json
from server.oauth.metadata import ADDRESS, AuthorizationServerMetadata
from server.oauth.programs import Fetch, Programs
from server.oauth.provider import Providers
from server.oauth.proving import Proof
from server.oauth.remembered import Remembered
from server.oauth.resources import ConnectionUrls
from server.oauth.waiting import BrowserMark
from server.pages.visiting import Desk

SWEEP_SECONDS = 600
_log = logging.getLogger(__name__)


def routes(
    desk: Desk,
    urls: ConnectionUrls,
    allowance: Allowance,
    known: Providers,
    limits: SharedLimits,
    *,
    fetch: Fetch = fetch_json,
) -> list[Route]:
    """Every route of the authorization server; `fetch` has the documents of programs that describe themselves, and
    `known` the identity provider that connects its staff.
    """
    office, url = desk.office, desk.office.public_url
    staff = StaffAssertions(office, known, urls)
    documents, keys = (Remembered(fetch, office.latest) for _ in range(2))
    programs = Programs(office, documents.get)
    of_strangers = replace(allowance, per_second=allowance.programs_per_second, burst=allowance.programs_burst)
    asking, registering, fetching = (
        limits.limiter(counts, of_strangers)
        for counts in ("connections asked for", "registrations", "keys of programs")
    )
    serving = limits.limiter("tokens", allowance)
    proof = Proof(programs, frozenset({url, f"{url}/", f"{url}/oauth/token"}), keys, fetching)
    mark = BrowserMark(secure=desk.cookie.secure)

    def called(path: str, endpoint: Endpoint) -> Route:
        # Every method comes here, since another route would answer that there is no such address.
        return Route(path, endpoint.__call__, methods=["GET", "PUT", "PATCH", "DELETE", *ENDPOINT_METHODS])

    return [
        Route(ADDRESS, AuthorizationServerMetadata(url, staff).__call__, methods=["GET", "OPTIONS"]),
        desk.open_page("/oauth/authorize", Authorize(office, programs, urls, mark, asking)),
        desk.page("/oauth/consent/{request}", ConsentPage(programs, mark, desk.cookie), methods=("GET", "POST")),
        called("/oauth/register", Endpoint(Registration(office), program_named, registering)),
        called("/oauth/token", Endpoint(TokenEndpoint(office, proof, urls, staff), token_named, serving)),
        called("/oauth/revoke", Endpoint(Revocation(office, proof), token_named, serving)),
    ]
