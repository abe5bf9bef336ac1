"""The commands `identity-provider`: who else says that people are who they are."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import anyio
import typer

from server.cli_options import Data, Json, command_group
from server.console import say, say_json
from server.settings import Settings, read_settings

if TYPE_CHECKING:
    from operations.access import Office
    from storage.directory.providers import KnownProvider

identity_app = command_group("The identity provider of your own that people sign in with (OpenID Connect).")


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(identity_app, name="identity-provider")


@identity_app.command("set")
def set_provider(
    issuer: Annotated[str, typer.Option(help="Its issuer, as it writes it, such as https://login.example.com.")],
    client_id: Annotated[str, typer.Option(help="What it calls this installation.")],
    client_secret: Annotated[
        bool, typer.Option("--client-secret", help="Read the client secret from standard input; else it stays.")
    ] = False,
    only: Annotated[bool, typer.Option("--only", help="Nobody signs in with a password any more.")] = False,
    connect_staff: Annotated[
        bool, typer.Option("--connect-staff", help="Let its statements connect client programs (id-jag).")
    ] = False,
    unasked: Annotated[bool, typer.Option("--unasked", help="Keep it without asking whether it is there.")] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Let people sign in with an identity provider, in the place of one that was set before."""
    secret = sys.stdin.read().strip() if client_secret else None

    async def act(office: Office, settings: Settings) -> None:
        from operations.identity.providers import ProviderSettings
        from operations.identity.providers import set_provider as keep

        await _check(issuer, office, ask=not unasked)
        wanted = ProviderSettings(
            issuer=issuer, client_id=client_id, secret=secret, only=only, connect_staff=connect_staff
        )
        _tell(await keep(office, wanted), office, settings, as_json=as_json)

    _run(data, act)


@identity_app.command("show")
def show_provider(data: Data = None, as_json: Json = False) -> None:
    """Show the identity provider, without its secret."""

    async def act(office: Office, settings: Settings) -> None:
        from operations.identity.providers import the_provider

        _tell(await the_provider(office.store), office, settings, as_json=as_json)

    _run(data, act)


@identity_app.command("link")
def link_person(
    email: Annotated[str, typer.Option(help="The person's e-mail address here.")],
    subject: Annotated[str, typer.Option(help="What the provider calls the person (the claim sub).")],
    data: Data = None,
) -> None:
    """Say whom the provider means, where it confirms no e-mail addresses."""

    async def act(office: Office, _: Settings) -> None:
        from operations.identity.providers import link_person as link

        say(f"{await link(office, email, subject)} signs in with the identity provider from now on.")

    _run(data, act)


@identity_app.command("remove")
def remove_provider(data: Data = None) -> None:
    """Remove the identity provider, and end what it has let in."""

    async def act(office: Office, _: Settings) -> None:
        from operations.identity.providers import remove_provider as remove

        removed = await remove(office)
        say(f"{removed.issuer} lets nobody in any more. What it had let in has ended.")

    _run(data, act)


async def _check(issuer: str, office: Office, *, ask: bool) -> None:
    from invoicing.refusals import InvalidInput
    from server.oauth.fetching import OF_OPERATOR, NotFetched, target_of
    from server.oauth.provider import Providers

    try:
        target_of(issuer, OF_OPERATOR)
        if ask:
            await Providers(office.clock).published(issuer)
    except NotFetched as fault:
        raise InvalidInput(
            f"The issuer cannot be used: {fault.reason} With --unasked it is kept without asking the provider.",
            field="issuer",
        ) from None


def _tell(provider: KnownProvider | None, office: Office, settings: Settings, *, as_json: bool) -> None:
    from server.app import browser_url
    from server.oauth.signing_in import ANSWER

    redirect_uri = browser_url(settings, office) + ANSWER
    shown = None if provider is None else _shown(provider, redirect_uri)
    if as_json:
        say_json(shown)
    elif provider is None:
        say("No identity provider was set.")
    else:
        say(f"People sign in with {provider.issuer}, which knows this installation as {provider.client_id}.")
        say(f"Passwords: {'off' if provider.only else 'on'}. Connecting staff: {_on(provider.connect_staff)}.")
        say(f"Redirect URI to register there: {redirect_uri}")


def _shown(provider: KnownProvider, redirect_uri: str) -> dict[str, Any]:
    return {
        "issuer": provider.issuer,
        "client_id": provider.client_id,
        "has_client_secret": bool(provider.sealed_secret),
        "only": provider.only,
        "connect_staff": provider.connect_staff,
        "redirect_uri": redirect_uri,
    }


def _on(value: bool) -> str:
    return "on" if value else "off"


def _run(data: Path | None, act: Callable[[Office, Settings], Awaitable[None]]) -> None:
    settings = read_settings(data)

    async def run() -> None:
        from server.app import local_office

        async with local_office(settings) as office:
            await act(office, settings)

    anyio.run(run)
