"""The tool `create_client_organization`."""

from __future__ import annotations

from typing import Annotated, Any, Literal, assert_never

from mcp.server.mcpserver import Context
from mcp_types import CallToolResult
from pydantic import BaseModel, Field

from invoicing.organizations import Environment
from invoicing.text.choices import choice_of
from invoicing.text.typed import counted
from operations import onboarding
from operations.access import Office
from operations.layer_outcomes import Layer, LayerState, PartOutcome, copied_in_all, part_outcomes, states_by_layer
from operations.layer_plans import Model
from operations.onboarding import ClientRequest, NewClient
from operations.rights import Right
from operations.templates import Choices
from tools.answers import Answer, answer
from tools.context import TheOffice
from tools.description import Description, Effect, Scope
from tools.inputs import Partner
from views.base import LIST_UNSPELT, View
from views.connections import own_connection
from views.organizations import heading, named
from views.remedies import for_assistant, told


class Created(BaseModel):
    handle: str
    name: str
    environment: str
    country: str
    currency: str


class PartCreated(View):
    """A part of the configuration: whose it is, how many entries it has and how many of these were copied, and what
    could not be translated.
    """

    part: str
    source: str
    count: int
    copied: int
    untranslated: list[str]


class ClientCreated(Answer):
    """`organization` is the practice that acted; `created` is null in a dry run. `layers` says of the books' schema,
    the organization's settings and its posting profiles (entity) where each came from, `parts` the same in detail.
    """

    created: Created | None
    would_be: str
    layers: dict[str, str]
    copied: dict[str, int]
    parts: Annotated[list[PartCreated], LIST_UNSPELT]
    notes: list[str]
    connection_url: str


_CAN_REPEAT = (Layer.ENTITY,)


async def create_client_organization(
    context: Context[Any, Any],
    office: TheOffice,
    name: str,
    country: Annotated[str, Field(description="Two-letter code, such as GB")],
    environment: Literal["sandbox", "live"] = "sandbox",
    partner: Partner = "",
    handle: Annotated[str, Field(description="Default: from the name")] = "",
    copy_from: Annotated[str, Field(description="Handle of the practice or a client; default: a fresh start")] = "",
    copy_entity_configuration: bool = True,
    organization_layer: Annotated[
        str, Field(description="Whose chart, codes and terms: practice, or source (copy_from; policy too)")
    ] = "practice",
    repeat_layer: Annotated[str, Field(description="entity: once more, into handle")] = "",
    accounting_standard: Annotated[str, Field(description="ifrs or us_gaap")] = "",
    chart_of_accounts: Annotated[
        str, Field(description="standard or empty; skr03, skr04 (DE), pcg (FR), pgc (ES), kmu (CH)")
    ] = "",
    tax_system: Annotated[str, Field(description="auto (of the country) or none")] = "",
    currency: str = "",
    dry_run: bool = False,
) -> Annotated[CallToolResult, ClientCreated]:
    model = choice_of(Model, organization_layer or Model.PRACTICE.value, field="organization_layer")
    repeated = choice_of(Layer, repeat_layer, field="repeat_layer", among=_CAN_REPEAT) if repeat_layer else None
    request = ClientRequest(
        name=name,
        country=country,
        environment=Environment(environment),
        partner=partner,
        handle=handle,
        copy_from=copy_from,
        copy_entity_configuration=copy_entity_configuration,
        organization_layer=model,
        repeats_entity_layer=repeated is Layer.ENTITY,
        choices=Choices(
            accounting_standard=accounting_standard,
            chart_of_accounts=chart_of_accounts,
            tax_system=tax_system,
            currency=currency,
        ),
        dry_run=dry_run,
    )

    async def progress(done: int, of: int) -> None:
        await context.report_progress(done, of, f"{done} of {counted(of, 'layer')}")

    made = await onboarding.create_client_organization(office, request, progress=progress)
    return answer(heading(made.partner), _lines(office, made, request), _structured(made))


def _structured(made: NewClient) -> ClientCreated:
    created = made.created
    return ClientCreated(
        organization=named(made.partner),
        created=Created(
            handle=created.handle,
            name=created.name,
            environment=created.environment,
            country=created.country,
            currency=created.currency,
        )
        if created
        else None,
        would_be=made.handle,
        layers=states_by_layer(made.outcomes),
        copied=copied_in_all(made.outcomes),
        parts=[_part(one) for one in part_outcomes(made.outcomes)],
        notes=[told(note, for_assistant) for note in (*made.changes, *made.notes)],
        connection_url=made.connection_url,
    )


def _part(one: PartOutcome) -> PartCreated:
    return PartCreated(
        part=one.part,
        source=one.source,
        count=one.count,
        copied=one.copied,
        untranslated=[f"{entry.code}: {entry.because}" for entry in one.untranslated],
    )


def _lines(office: Office, made: NewClient, request: ClientRequest) -> list[str]:
    lines = [_first_line(made, dry_run=request.dry_run)]
    if made.changes or not made.repeated:
        lines.extend(_settings_lines(made))
    lines.extend(told(note, for_assistant) for note in (*made.changes, *made.notes))
    if made.created:
        lines.extend(_again(made, request))
        lines.append(f'To work in it: organization="{made.handle}", or switch_organization.')
        lines.append(f"Its own connection: {own_connection(office, made.created)}")
    return lines


def _first_line(made: NewClient, *, dry_run: bool) -> str:
    if made.repeated:
        whom = heading(made.repeated)
        if not made.changes:
            return f"{'Dry run. ' if dry_run else ''}Nothing to change in {whom}: what fits is there already."
        act = "Dry run, nothing was changed. This would be copied" if dry_run else "Copied once more"
        return f"{act} into {whom}:"
    profile = made.profile
    act = "Created" if made.created else "Dry run, nothing was created. It would be"
    perhaps = "" if made.created else ", or with a number where somebody has that handle"
    return (
        f"{act} {profile.name} ({made.handle}{perhaps}): {profile.environment.value}, {profile.country},"
        f" {profile.currency}, {profile.accounting_standard}, chart {profile.chart_of_accounts}, tax system"
        f" {profile.tax_system}."
    )


def _settings_lines(made: NewClient) -> list[str]:
    """Where each part came from, with its entries counted."""
    found: dict[str, list[str]] = {}
    for one in part_outcomes(made.outcomes):
        for source, count in ((one.source, one.copied), (one.usual_source, one.count - one.copied)):
            if count and not (made.repeated and source == made.repeated.handle):
                found.setdefault(source, []).append(counted(count, one.noun))
    lines = [f"From {source}: {', '.join(counts)}." for source, counts in found.items()]
    said = _of_postings(made)
    return [*lines, *([f"Posting profiles: {said}."] if said else [])]


def _of_postings(made: NewClient) -> str:
    """What became of the posting profiles, where they are not simply those that were asked for."""
    state = _entity_state(made)
    if state is LayerState.PARTIAL and not any(
        one.untranslated for one in part_outcomes(made.outcomes) if one.part == "posting_profiles"
    ):
        return ""
    if made.repeated:
        return "copied in part" if state is LayerState.PARTIAL else ""
    return "" if state in (LayerState.COPIED, LayerState.FRESH) else _in_words(state)


def _entity_state(made: NewClient) -> LayerState:
    return next(outcome.state for outcome in made.outcomes if outcome.layer is Layer.ENTITY)


def _again(made: NewClient, request: ClientRequest) -> list[str]:
    """How to copy posting profiles that did not fit. What never will is told, and needs no second call."""
    entity = [one for one in part_outcomes(made.outcomes) if one.layer is Layer.ENTITY]
    lacking = any(not entry.lasting for one in entity for entry in one.untranslated)
    if not lacking and _entity_state(made) is not LayerState.FAILED:
        return []
    without = ", without organization_layer" if request.organization_layer is Model.SOURCE else ""
    return [
        "When what is missing is there, copy them again: the same call with"
        f' handle="{made.handle}" and repeat_layer="entity"{without}.'
    ]


def _in_words(state: LayerState) -> str:
    match state:
        case LayerState.CREATED | LayerState.COPIED:
            return state.value
        case LayerState.PARTIAL:
            return "copied in part, completed with the usual ones"
        case LayerState.FRESH:
            return "fresh from the country's template"
        case LayerState.SKIPPED:
            return "those that are usual with the chart"
        case LayerState.FAILED:
            return "those that are usual with the chart, for the others were not copied"
        case _:
            assert_never(state)


TOOL = Description(
    create_client_organization,
    title="Create client organization",
    text="Create a client of the practice with books of its own: fresh from its country's template, or with settings"
    " copied from the practice (copy_from). Customers, documents and numbers are never copied.",
    effect=Effect.CHANGES,
    act=Right.CREATE_CLIENT,
    scope=Scope.PRACTICE,
    streams=True,
)
