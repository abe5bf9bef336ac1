"""The tool `create_client_organization`."""

from __future__ import annotations

from typing import Annotated, Literal, assert_never

from mcp_types import CallToolResult
from pydantic import BaseModel, Field

from invoicing.organizations import Environment
from invoicing.text.typed import counted
from operations import onboarding
from operations.access import Office
from operations.layer_outcomes import Layer, LayerState, copied_in_all, states_by_layer
from operations.onboarding import ClientRequest, NewClient
from operations.rights import Right
from operations.templates import Choices
from tools.answers import Answer, answer
from tools.context import TheOffice
from tools.description import Description, Effect, Scope
from views.connections import own_connection
from views.organizations import heading, named
from views.remedies import for_assistant, told


class Created(BaseModel):
    handle: str
    name: str
    environment: str
    country: str
    currency: str


class ClientCreated(Answer):
    """`organization` is the practice that acted; `created` is null in a dry run. `layers` says of the books' schema,
    the organization's settings and its posting profiles (entity) where each came from.
    """

    created: Created | None
    would_be: str
    layers: dict[str, str]
    copied: dict[str, int]
    notes: list[str]
    connection_url: str


async def create_client_organization(
    office: TheOffice,
    name: str,
    country: Annotated[str, Field(description="Two-letter code, such as GB")],
    environment: Literal["sandbox", "live"] = "sandbox",
    partner: Annotated[str, Field(description="Handle, if you have several practices")] = "",
    handle: Annotated[str, Field(description="Default: from the name")] = "",
    copy_from: Annotated[
        str, Field(description="Handle of the practice or a client to copy settings from; default: a fresh start")
    ] = "",
    copy_entity_configuration: bool = True,
    accounting_standard: Annotated[str, Field(description="ifrs or us_gaap")] = "",
    chart_of_accounts: Annotated[
        str, Field(description="standard or empty; skr03, skr04 (DE), pcg (FR), pgc (ES), kmu (CH)")
    ] = "",
    tax_system: Annotated[str, Field(description="auto (of the country) or none")] = "",
    currency: str = "",
    dry_run: bool = False,
) -> Annotated[CallToolResult, ClientCreated]:
    request = ClientRequest(
        name=name,
        country=country,
        environment=Environment(environment),
        partner=partner,
        handle=handle,
        copy_from=copy_from,
        copy_entity_configuration=copy_entity_configuration,
        choices=Choices(
            accounting_standard=accounting_standard,
            chart_of_accounts=chart_of_accounts,
            tax_system=tax_system,
            currency=currency,
        ),
        dry_run=dry_run,
    )
    made = await onboarding.create_client_organization(office, request)
    return answer(heading(made.partner), _lines(office, made), _structured(made))


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
        notes=[told(note, for_assistant) for note in made.notes],
        connection_url=made.connection_url,
    )


def _lines(office: Office, made: NewClient) -> list[str]:
    profile = made.profile
    act = "Created" if made.created else "Dry run, nothing was created. It would be"
    perhaps = "" if made.created else ", or with a number where somebody has that handle"
    lines = [
        f"{act} {profile.name} ({made.handle}{perhaps}): {profile.environment.value}, {profile.country},"
        f" {profile.currency}, {profile.accounting_standard}, chart {profile.chart_of_accounts}, tax system"
        f" {profile.tax_system}.",
        _settings_line(made),
    ]
    lines.extend(told(note, for_assistant) for note in made.notes)
    if made.created:
        lines.append(f'To work in it: organization="{made.handle}", or switch_organization.')
        lines.append(f"Its own connection: {own_connection(office, made.created)}")
    return lines


def _settings_line(made: NewClient) -> str:
    """Where chart, codes, terms and posting profiles came from, with what was copied counted."""
    states = {outcome.layer: _in_words(outcome.state) for outcome in made.outcomes}
    settings, postings = states[Layer.ORGANIZATION], states[Layer.ENTITY]
    copied = [counted(count, _NOUNS[what]) for what, count in copied_in_all(made.outcomes).items() if count]
    counts = f" ({', '.join(copied)})" if copied else ""
    if settings == postings:
        return f"Chart, tax codes, terms and posting profiles: {settings}{counts}."
    return f"Chart, tax codes and terms: {settings}{counts}; posting profiles: {postings}."


def _in_words(state: LayerState) -> str:
    match state:
        case LayerState.CREATED | LayerState.COPIED:
            return state.value
        case LayerState.FRESH:
            return "fresh from the country's template"
        case LayerState.SKIPPED | LayerState.FAILED:
            return "as the practice has them"
        case _:
            assert_never(state)


_NOUNS = {
    "accounts": "account",
    "tax_codes": "tax code",
    "payment_terms": "payment term",
    "tax_authorities": "tax authority",
    "withholdings": "withholding",
    "jurisdictions": "jurisdiction",
    "posting_profiles": "posting profile",
    "transaction_types": "transaction type",
}


TOOL = Description(
    create_client_organization,
    title="Create client organization",
    text="Create a client of the practice with books of its own: fresh from its country's template, or with settings"
    " copied from the practice (copy_from). Customers, documents and numbers are never copied.",
    effect=Effect.CHANGES,
    act=Right.CREATE_CLIENT,
    scope=Scope.PRACTICE,
)
