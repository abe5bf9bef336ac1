"""The first steps of an organization: named, ready, connected to an assistant; each with how far it is."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.countries import COUNTRY_CODES
from invoicing.organizations import OrganizationKind, OrganizationRef
from invoicing.refusals import Refusal
from operations.access import is_allowed, open_books
from operations.known_credentials import is_connected
from operations.layer_outcomes import Layer
from operations.organizations import count_clients, get_organization, names_told
from operations.practices import UNNAMED
from operations.profile import update_organization
from operations.rights import Right
from server.http.answers import Turned
from server.pages.client_words import source_word
from server.pages.clients import may_create
from server.pages.connections import ways_to
from server.pages.languages import gettext, locale
from server.pages.organization_pages import show
from server.pages.rendering import nothing_here, see_other
from server.pages.settings.lacking import lacking
from server.pages.visiting import Desk, Visitor
from views.new_clients import countries_by_name
from views.organizations import place_of
from views.remedies import message_of, on_page
from views.starting import starting

_HERE = "start"


def routes(desk: Desk) -> list[Route]:
    return desk.of_organization("/start", _start, methods=["GET", "POST"])


async def _start(request: Request, visitor: Visitor) -> Response:
    organization = await visitor.organization(request)
    if request.method != "POST":
        given = {"name": "" if organization.name == UNNAMED else organization.name, "country": organization.country}
        return await _shown(request, visitor, organization, given)
    form = await visitor.form(request)
    if not _may_name(visitor, organization):
        raise Turned(nothing_here())
    given = {name: form.text(name) for name in ("name", "country")}
    books = open_books(visitor.office, organization, Right.UPDATE_PROFILE)
    try:
        await update_organization(visitor.office, books, given)
    except Refusal as refusal:
        return await _shown(request, visitor, organization, given, refusal)
    return see_other(f"{place_of(organization)}/start")


async def _shown(
    request: Request,
    visitor: Visitor,
    organization: OrganizationRef,
    given: Mapping[str, str],
    refusal: Refusal | None = None,
) -> Response:
    office = visitor.office
    details = await get_organization(open_books(office, organization, Right.READ))
    of_practice = organization.kind is OrganizationKind.PARTNER
    sources = details.settings.sources
    known = await names_told(office, sources.values())
    return await show(
        visitor,
        organization,
        "start.html",
        here=_HERE,
        status=400 if refusal else 200,
        title=gettext("First steps"),
        start=starting(
            organization,
            details,
            lacks=[lacking(one) for one in details.live_blockers],
            clients=await count_clients(office, organization) if of_practice else None,
            connected=await is_connected(office, organization),
            sources=[(one, known[sources[one]]) for one in (Layer.ORGANIZATION, Layer.ENTITY) if one in sources],
        ),
        made=request.query_params.get("made") == "1",
        source_word=source_word,
        may_name=_may_name(visitor, organization),
        may_create=of_practice and may_create(visitor, organization),
        may_fill_in=is_allowed(Right.UPDATE_PROFILE, organization, office.principal),
        may_make=is_allowed(Right.CREATE_CREDENTIAL, organization, office.principal),
        way=ways_to(visitor, organization)[0],
        given=given,
        countries=countries_by_name(locale()),
        usual_country=locale().territory or COUNTRY_CODES[0],
        refused=message_of(refusal, on_page) if refusal else "",
        field=refusal.field if refusal else "",
    )


def _may_name(visitor: Visitor, organization: OrganizationRef) -> bool:
    """Whether it has no name or country yet, and the visitor may give it one."""
    unnamed = organization.name == UNNAMED or not organization.country
    return unnamed and is_allowed(Right.RENAME, organization, visitor.office.principal)
