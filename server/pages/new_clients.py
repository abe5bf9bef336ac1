"""The making of a client: copied from the practice or another client, or fresh from its country; shown before it is
made, and followed while it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from invoicing.countries import COUNTRY_CODES
from invoicing.organizations import Environment, OrganizationRef
from invoicing.progress import AsyncProgress
from invoicing.refusals import InvalidInput, Refusal
from operations.identity.browsing import new_mark
from operations.layer_plans import Model
from operations.onboarding import ClientRequest, NewClient, create_client_organization
from operations.organizations import clients_named
from operations.profile_values import STATED
from operations.templates import Choices
from server.http.answers import Turned
from server.pages.client_words import choice_word, noun_word, source_word, state_word
from server.pages.clients import may_create
from server.pages.languages import gettext, locale
from server.pages.making import Making, Makings
from server.pages.organization_pages import show
from server.pages.reading import Form
from server.pages.rendering import nothing_here, part, see_other, told
from server.pages.visiting import Desk, Visitor
from views.new_clients import ClientPlanned, client_planned, countries_by_name, country_choices
from views.organizations import place_of
from views.remedies import message_of, on_page

_HERE = "clients"
_PAGE = "/practice/{handle}/clients/new"
_PATIENCE_SECONDS = 2
"""So long the page waits for a client to be made before it shows how far that is."""
_FIELDS = ("name", "handle", "environment", "country", "way", "copy_from", "other", "entity", "layer")
_FRESH = ("accounting_standard", "chart_of_accounts", "tax_system", "currency")
_SHOW = "show"
_SOURCES_MAX = 100
_FIELD_OF = {"copy_from": "copy_from", "organization_layer": "layer"}


def routes(desk: Desk) -> list[Route]:
    office = desk.office
    creating = _Creating(Makings(office.store.directory, office.clock))
    return [
        desk.page(_PAGE, creating.form, methods=["GET", "POST"]),
        desk.page(f"{_PAGE}/preview", _preview, methods=["POST"]),
        desk.page(f"{_PAGE}/{{mark}}", creating.followed),
        desk.page(f"{_PAGE}/{{mark}}/progress", creating.progress),
    ]


@dataclass(frozen=True, slots=True)
class _Creating:
    makings: Makings

    async def form(self, request: Request, visitor: Visitor) -> Response:
        practice = await _practice(request, visitor)
        if request.method != "POST":
            return await _asked(visitor, practice, _usual(practice))
        place = f"{place_of(practice)}/clients/new"
        form = await visitor.form(request)
        given = _given(form)
        if form.text("act") == _SHOW:
            # Another country has other fields; nothing is made.
            return await _asked(visitor, practice, given)
        mark = form.text("mark")
        if not await visitor.sends_first(form):
            # Pressed twice, it leads to the one that is made.
            return see_other(f"{place}/{mark}" if mark.isalnum() else place)
        making = Making(mark, given["name"].strip(), visitor.office.principal.user_id, practice.id)

        async def make(progress: AsyncProgress) -> str:
            wanted = _wanted(practice, given)
            return _way_to(await create_client_organization(visitor.office, wanted, progress=progress))

        task = await self.makings.begin(making, make)
        await asyncio.wait([task], timeout=_PATIENCE_SECONDS)
        if task.done():
            # What was a defect rises here, for whoever waits.
            await task
        if making.refused is not None:
            return await _asked(visitor, practice, given, making.refused)
        return see_other(making.way or f"{place}/{mark}")

    async def followed(self, request: Request, visitor: Visitor) -> Response:
        """How far it is, until it is there; without script the page loads itself again."""
        practice = await _practice(request, visitor)
        making = await self._find(request, visitor, practice)
        if making is None:
            clients = f"{place_of(practice)}/clients"
            return told(
                gettext("Nothing more is known of this"),
                gettext(
                    "If the client was made, it stands among the clients. If it was interrupted, nothing of it is left,"
                    " and you can make it again."
                ),
                status=404,
                links=((clients, gettext("Clients")), (f"{clients}/new", gettext("Create client organization"))),
            )
        if making.is_over:
            return _led_on(making, place_of(practice))
        title = gettext("Creating %(name)s", name=making.name)
        return await show(
            visitor,
            practice,
            "client_making.html",
            here=_HERE,
            title=title,
            making=_shown(making, f"{request.url.path}/progress"),
        )

    async def progress(self, request: Request, visitor: Visitor) -> Response:
        practice = await _practice(request, visitor)
        making = await self._find(request, visitor, practice)
        if making is None:
            raise Turned(nothing_here())
        return part("client_progress.html", making=_shown(making, request.url.path), place=place_of(practice))

    async def _find(self, request: Request, visitor: Visitor, practice: OrganizationRef) -> Making | None:
        return await self.makings.find(
            request.path_params["mark"], user_id=visitor.office.principal.user_id, practice_id=practice.id
        )


async def _preview(request: Request, visitor: Visitor) -> Response:
    """What would be made of the form as it is filled in now."""
    practice = await _practice(request, visitor)
    form = await visitor.form(request)
    return part("client_preview.html", **await _planned(visitor, practice, _given(form)))


async def _practice(request: Request, visitor: Visitor) -> OrganizationRef:
    """The practice of the address, where the visitor may make clients.

    Raises:
        Turned: there is none, or it is not theirs to do.
    """
    practice = await visitor.organization(request)
    if not may_create(visitor, practice):
        raise Turned(nothing_here())
    return practice


async def _asked(
    visitor: Visitor, practice: OrganizationRef, given: Mapping[str, str], refusal: Refusal | None = None
) -> Response:
    sources = await clients_named(visitor.office, practice, limit=_SOURCES_MAX)
    planned = await _planned(visitor, practice, given)
    return await show(
        visitor,
        practice,
        "client_new.html",
        here=_HERE,
        status=400 if refusal else 200,
        title=gettext("Create client organization"),
        given=given,
        countries=countries_by_name(locale()),
        choices=country_choices(given["country"]),
        sources=[(one.handle, f"{one.name} ({one.handle})") for one in (practice, *sources.items)],
        more_sources=bool(sources.next_cursor),
        mark=new_mark(),
        refused=message_of(refusal, on_page) if refusal else "",
        field=_FIELD_OF.get(refusal.field, refusal.field) if refusal else "",
        **planned,
    )


async def _planned(visitor: Visitor, practice: OrganizationRef, given: Mapping[str, str]) -> dict[str, Any]:
    """What the preview shows: the client as it would be made, or why it would not."""
    planned: ClientPlanned | None = None
    problem = ""
    if given["name"].strip():
        try:
            wanted = replace(_wanted(practice, given), dry_run=True)
            planned = client_planned(await create_client_organization(visitor.office, wanted), on_page)
        except Refusal as refusal:
            problem = message_of(refusal, on_page)
    return {
        "planned": planned,
        "problem": problem,
        "choice_word": choice_word,
        "noun_word": noun_word,
        "source_word": source_word,
        "state_word": state_word,
    }


def _usual(practice: OrganizationRef) -> dict[str, str]:
    """What the form begins with: copied from the practice where that has settings to copy."""
    return dict.fromkeys((*_FIELDS, *_FRESH, *STATED), "") | {
        "environment": Environment.SANDBOX.value,
        "country": practice.country or COUNTRY_CODES[0],
        "way": "copy" if practice.country else "fresh",
        "copy_from": practice.handle,
        "entity": "yes",
        "layer": Model.PRACTICE.value,
    }


def _given(form: Form) -> dict[str, str]:
    """What was filled in.

    Raises:
        InvalidInput: a country that the page does not offer.
    """
    given = {name: form.text(name) for name in (*_FIELDS, *_FRESH, *STATED)}
    if given["country"] not in COUNTRY_CODES:
        raise InvalidInput(gettext("Choose a country from the list."), field="country")
    return given


def _wanted(practice: OrganizationRef, given: Mapping[str, str]) -> ClientRequest:
    copies = given["way"] == "copy"
    fresh = {name: given[name] for name in _FRESH if not copies or name == "currency"}
    return ClientRequest(
        name=given["name"],
        country=given["country"],
        environment=Environment.LIVE if given["environment"] == Environment.LIVE else Environment.SANDBOX,
        partner=practice.handle,
        handle=given["handle"],
        copy_from=(given["other"].strip() or given["copy_from"] or practice.handle) if copies else "",
        copy_entity_configuration=given["entity"] == "yes",
        organization_layer=Model.SOURCE if copies and given["layer"] == Model.SOURCE else Model.PRACTICE,
        choices=Choices(**fresh),
        stated={name: given[name] for name in STATED},
    )


def _led_on(making: Making, place: str) -> Response:
    """To the client that was made, or why it was not, with the way back."""
    if making.refused is None:
        return see_other(making.way)
    links = (
        (f"{place}/clients/new", gettext("Create client organization")),
        (f"{place}/clients", gettext("Clients")),
    )
    return told(gettext("This cannot be done"), message_of(making.refused, on_page), status=409, links=links)


def _way_to(made: NewClient) -> str:
    """Where one goes on with a client that was made."""
    return f"{place_of(made.created or made.partner)}/start?made=1"


def _shown(making: Making, asked: str) -> dict[str, Any]:
    """How far a client is, for the page that follows it at the address `asked`; `address` leads on once it is there."""
    refused = message_of(making.refused, on_page) if making.refused else ""
    far = {"done": making.done, "of": making.of}
    return {"name": making.name, "asked": asked, "address": making.way, "refused": refused, **far}
